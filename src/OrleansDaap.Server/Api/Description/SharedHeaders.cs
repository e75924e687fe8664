using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using OrleansDaap.Server.Api.Idempotency;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.Description;

/// <summary>The headers that operations share, for the API's description: said once, and referred to by name.</summary>
internal static class SharedHeaders
{
    public static Dictionary<string, IOpenApiParameter> Requests { get; } = new OpenApiParameter[]
    {
        Taken(
            RequestIds.Header,
            "The client's own name for this request: one word of visible ASCII. It is in the answer, the audit log and the server's logs. Anything else, or none, and the server makes one.",
            RequestIds.MaxLength),
        Taken(
            IdempotencyHeader.Name,
            "The client's own word for this request. For 24 hours the same word with the same body is answered as the first time, and nothing is done again.",
            IdempotencyHeader.MaxLength),
        Taken(HeaderNames.IfMatch, "ETags of the resource as it was read, or *. When it is at none of them any more, nothing is changed.", maxLength: null),
    }.ToDictionary(header => header.Name!, IOpenApiParameter (header) => header);

    public static Dictionary<string, IOpenApiHeader> Answers { get; } = new()
    {
        [RequestIds.Header] = Given("The request's own X-Request-Id, or the one that it was given.", isAlways: true),
        [HeaderNames.RetryAfter] = Given("Whole seconds after which another attempt is worth it.", isAlways: true, JsonSchemaType.Integer),
        [HeaderNames.WWWAuthenticate] = Given("Bearer.", isAlways: true),
        [HeaderNames.ETag] = Given("The resource's version, for If-Match.", isAlways: true),
        [HeaderNames.Location] = Given("The path of the resource.", isAlways: true),
        [AcceptedDatabase.OperationLocation] = Given("The path of the operation that works on it.", isAlways: false),
        [IdempotencyHeader.Replayed] = Given("\"true\" when this request was answered before; left out otherwise.", isAlways: false),
    };

    private static OpenApiParameter Taken(string name, string description, int? maxLength) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = maxLength },
    };

    private static OpenApiHeader Given(string description, bool isAlways, JsonSchemaType type = JsonSchemaType.String) => new()
    {
        Description = description,
        Required = isAlways,
        Schema = new OpenApiSchema { Type = type },
    };
}
