using Microsoft.OpenApi;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Description.Examples;
using OrleansDaap.Server.Api.Pipeline;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>Adds what operations refer to: headers, examples of problems, and what the tags stand for.</summary>
internal sealed class SharedPartsFilter : IDocumentFilter
{
    private static readonly Dictionary<string, string> Tags = new()
    {
        ["API keys"] = "Who may call: a key for each team and role.",
        ["Tiers"] = "What a class of databases gets.",
        ["Quotas"] = "How much a tier's databases may use together.",
        ["Databases"] = "The databases themselves.",
        ["Backups"] = "What databases are restored from.",
        ["Operations"] = "Long work on databases.",
        ["Audit"] = "Who changed or tried to change what.",
        ["Health"] = "How this node does.",
    };

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        var components = swaggerDoc.Components ??= new();
        components.Headers = SharedHeaders.Answers;
        components.Parameters = SharedHeaders.Requests;
        var named = Problems(swaggerDoc);
        components.Examples = Enum.GetValues<ProblemCode>().Select(code => (Name: Common.Problems.Describe(code).Code, Code: code))
            .Where(problem => named.Contains(problem.Name))
            .ToDictionary(problem => problem.Name, IOpenApiExample (problem) => new OpenApiExample { Value = WireExamples.Of(problem.Code) });
        swaggerDoc.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Key, Description = tag.Value }).ToHashSet();
    }

    /// <summary>Those that operations answer: routing alone answers others, and some are not answered yet.</summary>
    private static HashSet<string> Problems(OpenApiDocument document) =>
    [
        .. from path in document.Paths.Values
           from operation in path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()
           from response in operation.Responses?.Values ?? Enumerable.Empty<IOpenApiResponse>()
           from content in response.Content ?? new Dictionary<string, IOpenApiMediaType>()
           where content.Key == ProblemAnswer.ContentType
           from example in content.Value.Examples?.Keys ?? Enumerable.Empty<string>()
           select example,
    ];
}
