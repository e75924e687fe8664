using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>Makes requests that the description allows and the server mostly accepts.</summary>
internal sealed class RequestMaker(Random random, World world, IReadOnlyList<(string Name, string Value)> keys)
{
    private const string AnyDatabase = "db-01kmb5w8dzt6a4c2f9h7m3p5qs";

    public FuzzRequest Make(Operation operation)
    {
        // The platform team's key is the first, and gets the furthest.
        var key = keys[random.Next(3) > 0 ? 0 : random.Next(keys.Count)];
        var headers = new List<(string, string)> { ("X-Request-Id", world.Name("fuzz")) };
        if (operation.Method == "POST" && random.Next(4) == 0)
            headers.Add(("Idempotency-Key", random.Next(3) == 0 ? "again" : world.Name("once")));
        if (operation.TakesIfMatch && random.Next(4) == 0)
            headers.Add(("If-Match", random.Next(3) == 0 ? "*" : world.Any("etag", "\"1\"")));
        return new()
        {
            Operation = operation,
            Method = operation.Method,
            Path = (random.Next(5) == 0 ? "/api/v1" : "") + operation.Path.Replace("{id}", IdFor(operation), StringComparison.Ordinal),
            Query = QueryFor(operation),
            Headers = headers,
            Key = key,
            ContentType = operation.MediaTypes.Count > 0 ? operation.MediaTypes[random.Next(operation.MediaTypes.Count)] : null,
            Body = operation.Body is { } example ? Encoding.UTF8.GetBytes(BodyFor(operation, example)) : null,
        };
    }

    private string IdFor(Operation operation) => operation.Path switch
    {
        "/operations/{id}" => world.Any("operation", "op-01kmb5w8dzt6a4c2f9h7m3p5qs-1"),
        _ when operation.Path.StartsWith("/tiers", StringComparison.Ordinal) => world.Any("tier", "production"),
        // Most deletions miss, or there would be few databases for all else.
        _ when operation.Id == "delete-database" && random.Next(4) > 0 => AnyDatabase,
        _ when operation.Path.StartsWith("/databases", StringComparison.Ordinal) => world.Any("database", AnyDatabase),
        _ => world.Any("api-key", "51dyw7t5"),
    };

    private string QueryFor(Operation operation)
    {
        var given = operation.Query.Where(_ => random.Next(4) == 0).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(ValueFor(parameter.Name))}").ToList();
        return given.Count == 0 ? "" : $"?{string.Join('&', given)}";
    }

    private string ValueFor(string parameter) => parameter switch
    {
        "limit" => random.Next(1, 5).ToString(CultureInfo.InvariantCulture),
        "cursor" => world.Any("cursor", "1"),
        "status" => "ready",
        "tier" => world.Any("tier", "production"),
        "force" => random.Next(2) == 0 ? "true" : "false",
        "from" => "2020-01-01T00:00:00Z",
        "to" => "2100-01-01T00:00:00Z",
        _ => "checkout",
    };

    private string BodyFor(Operation operation, string example)
    {
        var body = JsonNode.Parse(example)!.AsObject();
        switch (operation.Id)
        {
            case "create-tier":
                body["id"] = world.Name("tier");
                body["destruction_strategy"] = random.Next(3) == 0 ? "hard" : "freeze";
                break;
            case "create-database":
                body["name"] = world.Name("orders");
                body["tier"] = world.Any("tier", "production");
                break;
            case "move-database":
                body["tier"] = world.Any("tier", "production");
                break;
            case "update-database":
                // A protected database stays for good.
                body["deletion_protection"] = random.Next(5) == 0;
                break;
            case "set-quota":
                body = random.Next(3) > 0 ? [] : body;
                break;
        }

        return body.ToJsonString();
    }
}
