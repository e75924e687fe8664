using System.Globalization;
using System.Net.Mime;
using Microsoft.OpenApi;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>Adds what endpoints say of themselves in metadata: bodies, query parameters, problems, and who may call.</summary>
internal sealed class EndpointOperationFilter : IOperationFilter
{
    private static readonly ProblemCode[] WithBody =
        [ProblemCode.MalformedRequest, ProblemCode.ValidationFailed, ProblemCode.PayloadTooLarge, ProblemCode.UnsupportedMediaType];

    private static readonly ProblemCode[] WithIdempotencyKey =
        [ProblemCode.MalformedRequest, ProblemCode.RequestInProgress, ProblemCode.IdempotencyKeyReused, ProblemCode.PayloadTooLarge];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        var rule = metadata.OfType<AccessRule>().Last();
        var body = metadata.OfType<TakesBody>().LastOrDefault();
        if (body is not null)
            operation.RequestBody = BodyOf(body, context);
        foreach (var query in metadata.OfType<TakesQuery>())
            (operation.Parameters ??= []).Add(ParameterOf(query, context));
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path) ?? [])
            parameter.Description = "As in the resource's \"id\", or for tiers and quotas the tier's.";
        if (metadata.OfType<AnswersOneOf>().LastOrDefault() is { } choice)
            (operation.Responses ??= [])["200"] = ChoiceOf(choice, context);
        if (operation.Responses?.TryGetValue("202", out var accepted) == true)
            (accepted as OpenApiResponse)!.Headers = AcceptedHeaders();
        new ConventionHeaders(operation).Describe(metadata, context.ApiDescription.HttpMethod);
        if (rule.NeedsKey)
            operation.Security = Keys(context.Document);
        var codes = Codes(rule, body, metadata.OfType<Refuses>());
        AddProblems(operation, IsPost(context) ? codes.Concat(WithIdempotencyKey) : codes, context);
    }

    private static bool IsPost(OperationFilterContext context) => context.ApiDescription.HttpMethod == HttpMethods.Post;

    private static OpenApiRequestBody BodyOf(TakesBody body, OperationFilterContext context)
    {
        var content = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository) };
        var request = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, IOpenApiMediaType>() };
        if (body.MergePatch)
            request.Content[JsonBody.MergePatchType] = content;
        request.Content[MediaTypeNames.Application.Json] = content;
        return request;
    }

    private static OpenApiParameter ParameterOf(TakesQuery query, OperationFilterContext context) => new()
    {
        Name = query.Name,
        In = ParameterLocation.Query,
        Description = query.Description,
        Schema = context.SchemaGenerator.GenerateSchema(query.Type, context.SchemaRepository),
    };

    private static OpenApiResponse ChoiceOf(AnswersOneOf choice, OperationFilterContext context) => new()
    {
        Description = "OK",
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [MediaTypeNames.Application.Json] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    OneOf = [.. choice.Types.Select(type => context.SchemaGenerator.GenerateSchema(type, context.SchemaRepository))],
                },
            },
        },
    };

    private static Dictionary<string, IOpenApiHeader> AcceptedHeaders() => new()
    {
        ["Location"] = new OpenApiHeader { Description = "The database.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
        [AcceptedDatabase.OperationLocation] = new OpenApiHeader
        {
            Description = "The operation that works on it.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private static List<OpenApiSecurityRequirement> Keys(OpenApiDocument document) =>
    [
        new() { [new OpenApiSecuritySchemeReference(DescriptionModule.BearerScheme, document)] = [] },
        new() { [new OpenApiSecuritySchemeReference(DescriptionModule.HeaderScheme, document)] = [] },
    ];

    private static IEnumerable<ProblemCode> Codes(AccessRule rule, TakesBody? body, IEnumerable<Refuses> refusals)
    {
        var codes = refusals.SelectMany(refusal => refusal.Codes).Append(ProblemCode.InternalError);
        if (body is not null)
            codes = codes.Concat(WithBody);
        if (rule.NeedsKey)
            codes = codes.Concat([ProblemCode.Unauthenticated, ProblemCode.RateLimited, ProblemCode.PlatformStoreUnavailable]);
        return rule.Roles.Length == 1 ? codes.Append(ProblemCode.Forbidden) : codes;
    }

    private static void AddProblems(OpenApiOperation operation, IEnumerable<ProblemCode> codes, OperationFilterContext context)
    {
        foreach (var problems in codes.Distinct().Select(Problems.Describe).GroupBy(problem => problem.Status).OrderBy(group => group.Key))
        {
            (operation.Responses ??= [])[problems.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join(" ", problems.Select(problem => $"{problem.Code}: {problem.Title}.")),
                Content = new Dictionary<string, IOpenApiMediaType>
                {
                    [ProblemAnswer.ContentType] = new OpenApiMediaType
                    {
                        Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemResponse), context.SchemaRepository),
                    },
                },
            };
        }
    }
}
