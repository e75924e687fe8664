using System.Text.Json.Nodes;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A request and what a real API server answered to it.</summary>
internal sealed record RecordedExchange(string Name, JsonObject Request, int Status, JsonNode Answer)
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Kubernetes", "Exchanges");

    /// <summary>One watch with bookmarks, as it came over the wire.</summary>
    public static string WatchStream { get; } = Path.Combine(Directory, "watch-stream.ndjson");

    public static IEnumerable<RecordedExchange> All { get; } =
    [
        .. System.IO.Directory.EnumerateFiles(Directory, "*.json").Order(StringComparer.Ordinal).Select(file =>
        {
            var exchange = JsonNode.Parse(File.ReadAllText(file))!;
            return new RecordedExchange(
                Path.GetFileNameWithoutExtension(file),
                exchange["request"]!.AsObject(),
                exchange["response"]!["status"]!.GetValue<int>(),
                exchange["response"]!["body"]!);
        }),
    ];

    public string Method => Request["method"]!.GetValue<string>();

    public string PathAndQuery => Request["path"]!.GetValue<string>();

    public string Caller => Request["caller"]!.GetValue<string>();

    public string? ContentType => Request["content_type"]?.GetValue<string>();

    public JsonNode? Body => Request["body"];
}
