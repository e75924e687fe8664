using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>Holds the test API server to what a real one answered.</summary>
[RequiresCnpgDefinitions]
public sealed partial class ExchangeTests(ReplayedExchanges replayed) : IClassFixture<ReplayedExchanges>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static TheoryData<string> Names => [.. RecordedExchange.All.Select(exchange => exchange.Name)];

    [DependentTheory]
    [MemberData(nameof(Names))]
    public async Task The_test_API_server_answers_as_a_real_one_did(string name)
    {
        var recorded = RecordedExchange.All.Single(exchange => exchange.Name == name);
        var (status, body) = (await replayed.AnswersAsync())[name];

        Assert.Equal(Comparable(recorded.Answer), Comparable(JsonNode.Parse(body)!));
        Assert.Equal(recorded.Status, status);
    }

    [DependentFact]
    public async Task A_watch_shows_what_a_real_one_showed()
    {
        var seen = await replayed.WatchedAsync();
        var recorded = await File.ReadAllLinesAsync(RecordedExchange.WatchStream);

        Assert.Equal(recorded.Select(line => Comparable(JsonNode.Parse(line)!)), seen.Select(line => Comparable(JsonNode.Parse(line)!)));
    }

    /// <summary>In one order, and without what differs between two runs: uids and times.</summary>
    private static string Comparable(JsonNode answer) => Time().Replace(Uid().Replace(Sorted(answer)!.ToJsonString(Indented), "(uid)"), "(time)");

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")]
    private static partial Regex Time();
}
