using System.Text.Json;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>One operation of openapi.json, as far as requests are made of it and answers judged by it.</summary>
internal sealed record Operation
{
    public required string Id { get; init; }

    public required string Method { get; init; }

    /// <summary>With <c>{id}</c> where a path has one.</summary>
    public required string Path { get; init; }

    /// <summary>The query parameters and their schemas.</summary>
    public required IReadOnlyList<(string Name, JsonElement Schema)> Query { get; init; }

    public required bool TakesIfMatch { get; init; }

    /// <summary>The media types of its body; empty when it takes none.</summary>
    public required IReadOnlyList<string> MediaTypes { get; init; }

    /// <summary>The example of its body, as text.</summary>
    public required string? Body { get; init; }

    public required JsonElement Responses { get; init; }

    public static IReadOnlyList<Operation> All(JsonElement description) =>
    [
        .. from path in description.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           select Of(path.Name, operation.Name, operation.Value),
    ];

    private static Operation Of(string path, string method, JsonElement operation)
    {
        var parameters = operation.GetProperty("parameters").EnumerateArray().ToList();
        var content = operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject().ToList() : [];
        return new()
        {
            Id = operation.GetProperty("operationId").GetString()!,
            Method = method.ToUpperInvariant(),
            Path = path,
            Query =
            [
                .. parameters.Where(parameter => parameter.TryGetProperty("in", out var place) && place.GetString() == "query")
                    .Select(parameter => (parameter.GetProperty("name").GetString()!, parameter.GetProperty("schema"))),
            ],
            TakesIfMatch = parameters.Any(parameter => parameter.TryGetProperty("$ref", out var header) && header.GetString()!.EndsWith("If-Match", StringComparison.Ordinal)),
            MediaTypes = [.. content.Select(media => media.Name)],
            Body = content.Count > 0 ? content[0].Value.GetProperty("example").GetRawText() : null,
            Responses = operation.GetProperty("responses"),
        };
    }
}
