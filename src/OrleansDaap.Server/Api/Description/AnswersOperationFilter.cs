using System.Globalization;
using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Description.Examples;
using OrleansDaap.Server.Api.Idempotency;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>Adds what endpoints may answer: examples, every problem, and headers.</summary>
internal sealed class AnswersOperationFilter : IOperationFilter
{
    private static readonly ProblemCode[] WithBody =
        [ProblemCode.MalformedRequest, ProblemCode.ValidationFailed, ProblemCode.PayloadTooLarge, ProblemCode.UnsupportedMediaType];

    private static readonly ProblemCode[] WithIdempotencyKey =
        [ProblemCode.MalformedRequest, ProblemCode.RequestInProgress, ProblemCode.IdempotencyKeyReused, ProblemCode.PayloadTooLarge];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        var responses = operation.Responses ??= [];
        foreach (var answer in context.ApiDescription.SupportedResponseTypes.Where(answer => answer.Type is not null))
            AddExample(responses[Key(answer.StatusCode)], WireExamples.Of(answer.Type!, answer.StatusCode));
        if (metadata.OfType<AnswersOneOf>().LastOrDefault() is { } choice)
            responses["200"] = ChoiceOf(choice, context);
        foreach (var problems in Codes(context).Distinct().GroupBy(code => Problems.Describe(code).Status).OrderBy(group => group.Key))
            responses[Key(problems.Key)] = ProblemOf([.. problems], context);
        foreach (var (status, response) in responses)
            AddHeaders((OpenApiResponse)response, int.Parse(status, CultureInfo.InvariantCulture), context);
    }

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static void AddExample(IOpenApiResponse response, JsonNode? example)
    {
        foreach (var content in response.Content?.Values.OfType<OpenApiMediaType>() ?? [])
            content.Example = example;
    }

    private static OpenApiResponse ChoiceOf(AnswersOneOf choice, OperationFilterContext context) => new()
    {
        Description = "OK",
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            [MediaTypeNames.Application.Json] = new OpenApiMediaType
            {
                // Any and not one: an empty list is a list of either.
                Schema = new OpenApiSchema
                {
                    AnyOf = [.. choice.Types.Select(type => context.SchemaGenerator.GenerateSchema(type, context.SchemaRepository))],
                },
                Examples = choice.Types.ToDictionary(SchemaNames.Of, IOpenApiExample (type) => new OpenApiExample { Value = WireExamples.Of(type) }),
            },
        },
    };

    private static IEnumerable<ProblemCode> Codes(OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        var rule = metadata.OfType<AccessRule>().Last();
        var codes = metadata.OfType<Refuses>().SelectMany(refusal => refusal.Codes).Append(ProblemCode.InternalError);
        if (metadata.OfType<TakesBody>().Any())
            codes = codes.Concat(WithBody);
        if (rule.NeedsKey)
            codes = codes.Concat([ProblemCode.Unauthenticated, ProblemCode.RateLimited, ProblemCode.PlatformStoreUnavailable]);
        if (rule.Roles.Length == 1)
            codes = codes.Append(ProblemCode.Forbidden);
        return context.ApiDescription.HttpMethod == HttpMethods.Post ? codes.Concat(WithIdempotencyKey) : codes;
    }

    /// <summary>Examples are named by their codes, so that a program can read there which problems an operation has.</summary>
    private static OpenApiResponse ProblemOf(ProblemCode[] codes, OperationFilterContext context)
    {
        var problems = codes.Select(Problems.Describe).ToList();
        return new()
        {
            Description = string.Join(" ", problems.Select(problem => $"{problem.Code}: {problem.Title}.")),
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [ProblemAnswer.ContentType] = new OpenApiMediaType
                {
                    Schema = context.SchemaGenerator.GenerateSchema(typeof(ProblemResponse), context.SchemaRepository),
                    Examples = problems.ToDictionary(
                        problem => problem.Code, IOpenApiExample (problem) => new OpenApiExampleReference(problem.Code, context.Document)),
                },
            },
        };
    }

    private static void AddHeaders(OpenApiResponse response, int status, OperationFilterContext context)
    {
        response.Headers = Headers(response, status, context).ToDictionary(
            name => name, IOpenApiHeader (name) => new OpenApiHeaderReference(name, context.Document));
    }

    private static IEnumerable<string> Headers(OpenApiResponse response, int status, OperationFilterContext context)
    {
        yield return RequestIds.Header;
        if (ProblemAnswer.IsWorthAnotherTry(status) && response.Content?.ContainsKey(ProblemAnswer.ContentType) == true)
            yield return HeaderNames.RetryAfter;
        if (status == StatusCodes.Status401Unauthorized)
            yield return HeaderNames.WWWAuthenticate;
        if (status is StatusCodes.Status201Created or StatusCodes.Status202Accepted)
            yield return HeaderNames.Location;
        if (status == StatusCodes.Status202Accepted)
            yield return AcceptedDatabase.OperationLocation;
        if (status < StatusCodes.Status300MultipleChoices && context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<AnswersETag>().Any())
            yield return HeaderNames.ETag;
        if (context.ApiDescription.HttpMethod == HttpMethods.Post && IsReplayed(status))
            yield return IdempotencyHeader.Replayed;
    }

    /// <summary>What comes before the Idempotency-Key is looked at is not kept under it, and failures are not either.</summary>
    private static bool IsReplayed(int status) =>
        status is < StatusCodes.Status500InternalServerError
            and not (StatusCodes.Status401Unauthorized or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests);
}
