using Microsoft.OpenApi;
using OrleansDaap.Server.Api.Idempotency;

namespace OrleansDaap.Server.Api.Description;

/// <summary>The headers that endpoints share, for the API's description.</summary>
internal sealed class ConventionHeaders(OpenApiOperation operation)
{
    public void Describe(IList<object> metadata, string? method)
    {
        if (method == HttpMethods.Post)
        {
            Take(
                IdempotencyHeader.Name,
                "The client's own word for this request. For 24 hours the same word with the same body is answered as the first time, and nothing is done again.",
                IdempotencyHeader.MaxLength);
            Answer(IdempotencyHeader.Replayed, "true when this request was answered before; left out otherwise.");
        }

        if (metadata.OfType<TakesIfMatch>().Any())
            Take("If-Match", "ETags of the resource as it was read, or *. When it is at none of them any more, nothing is changed.", maxLength: null);
        if (metadata.OfType<AnswersETag>().Any())
            Answer("ETag", "The resource's version, for If-Match.");
    }

    private void Take(string name, string description, int? maxLength) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
    });

    private void Answer(string name, string description)
    {
        foreach (var (_, response) in operation.Responses?.Where(response => response.Key.StartsWith('2')) ?? [])
        {
            var headers = (response as OpenApiResponse)!.Headers ??= new Dictionary<string, IOpenApiHeader>();
            headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }
    }
}
