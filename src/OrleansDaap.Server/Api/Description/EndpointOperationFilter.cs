using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description.Examples;
using OrleansDaap.Server.Api.Idempotency;
using OrleansDaap.Server.Api.Pipeline;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>Adds what endpoints say of their requests in metadata: bodies, parameters, and who may call.</summary>
internal sealed class EndpointOperationFilter : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<TakesBody>().LastOrDefault() is { } body)
            operation.RequestBody = BodyOf(body, context);
        var parameters = operation.Parameters ??= [];
        foreach (var parameter in parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path))
            parameter.Description = "As in the resource's \"id\", or for tiers and quotas the tier's.";
        foreach (var query in metadata.OfType<TakesQuery>())
            parameters.Add(ParameterOf(query, context));
        foreach (var header in Headers(metadata, context.ApiDescription.HttpMethod))
            parameters.Add(new OpenApiParameterReference(header, context.Document));

        // An empty list says that no key is needed; none at all would say nothing.
        operation.Security = metadata.OfType<AccessRule>().Last().NeedsKey ? Keys(context.Document) : [];
    }

    private static IEnumerable<string> Headers(IList<object> metadata, string? method)
    {
        yield return RequestIds.Header;
        if (method == HttpMethods.Post)
            yield return IdempotencyHeader.Name;
        if (metadata.OfType<TakesIfMatch>().Any())
            yield return HeaderNames.IfMatch;
    }

    private static OpenApiRequestBody BodyOf(TakesBody body, OperationFilterContext context)
    {
        var content = new OpenApiMediaType
        {
            Schema = context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository),
            Example = WireExamples.Of(body.Type),
        };
        var request = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, IOpenApiMediaType>() };
        if (body.MergePatch)
            request.Content[JsonBody.MergePatchType] = content;
        request.Content[MediaTypeNames.Application.Json] = content;
        return request;
    }

    private static OpenApiParameter ParameterOf(TakesQuery query, OperationFilterContext context)
    {
        var schema = context.SchemaGenerator.GenerateSchema(query.Type, context.SchemaRepository);
        if (schema is OpenApiSchema own)
            Limit(own, query);
        return new() { Name = query.Name, In = ParameterLocation.Query, Description = query.Description, Schema = schema };
    }

    private static void Limit(OpenApiSchema schema, TakesQuery query)
    {
        if (query.Type == typeof(string))
            (schema.MinLength, schema.MaxLength) = (1, QueryReader.MaxTextLength);
        if (query.Name == DescriptionExtensions.Limit)
            (schema.Minimum, schema.Maximum, schema.Default) = ("1", $"{QueryReader.MaxLimit}", QueryReader.DefaultLimit);
    }

    private static List<OpenApiSecurityRequirement> Keys(OpenApiDocument document) =>
    [
        new() { [new OpenApiSecuritySchemeReference(DescriptionModule.BearerScheme, document)] = [] },
        new() { [new OpenApiSecuritySchemeReference(DescriptionModule.HeaderScheme, document)] = [] },
    ];
}
