using System.Diagnostics;
using Npgsql;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>
/// A server with 100,000 databases of 500 teams: how long a page of a list takes, by any filter and at any depth, and what another
/// database costs beside one on a server with a hundred, in turns.
/// </summary>
internal static class Lists
{
    private const int Callers = 8;
    private const int Few = 100;
    private const int Turns = 40;
    private const int CreatesPerTurn = 10;
    private static readonly TimeSpan PerFilter = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(Report report)
    {
        Report.Progress($"lists: filling in {Population.Databases} databases of {Population.Teams} teams");
        using var data = new ScratchDirectory();
        var teamKey = await FillAsync(data);
        await using var full = await FakeBackendServer.StartAsync(data, stalled: true);
        await MeasurePagesAsync(report, full, teamKey);
        await MeasureCountsAsync(report, full);
        await MeasureCreatesAsync(report, full);
    }

    /// <returns>An API key of the team with the most databases.</returns>
    private static async Task<string> FillAsync(ScratchDirectory data)
    {
        await using var server = await FakeBackendServer.StartAsync(data);
        foreach (var tier in Population.Tiers)
        {
            await server.CreateTierAsync(tier);
        }

        await server.UntilStatusAsync(await server.CreateDatabaseAsync("model"), "ready");
        var key = await server.SendAsync(HttpMethod.Post, "/api-keys", new { team = "team-1", role = "product-team" });
        await using var platform = NpgsqlDataSource.Create($"Host={data.Path}/platform;Port=5432;Username=postgres;Database=daap;Pooling=false");
        await Population.AddAsync(platform);
        return key.GetProperty("key").GetString()!;
    }

    private static async Task MeasurePagesAsync(Report report, ServerProcess server, string teamKey)
    {
        Report.Progress("lists: GET /databases?limit=50");
        ListFilter[] filters =
        [
            .. new[]
            {
                "", "owner_team=team-1", "owner_team=team-400", "status=ready", "status=deleted", "tier=dev", "tier=large", "name=db-1", "name=db-90",
                "owner_team=team-1&status=ready", "owner_team=team-1&tier=large", "owner_team=team-400&tier=large", "owner_team=team-1&name=db-90",
                "status=ready&tier=large", "status=error&tier=large", "status=ready&name=db-1", "tier=large&name=db-1",
                "owner_team=team-1&tier=large&status=error", "owner_team=team-1&tier=large&status=ready&name=db-90",
            }.Select(query => new ListFilter(query)),
            .. new[] { "", "status=ready", "status=frozen", "tier=large", "tier=large&status=frozen" }.Select(query => new ListFilter(query, teamKey)),
        ];
        await Parallel.ForEachAsync(filters, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (filter, _) => await filter.FindPagesAsync(server.Http));

        var all = new List<double>();
        var slowest = (P99: 0.0, Query: "");
        foreach (var filter in filters)
        {
            var (_, milliseconds) = await Loop.RunAsync(Callers, PerFilter, (_, _) => filter.ReadAnyAsync(server.Http));
            var p99 = Percentiles.Of(milliseconds, 99);
            Report.Progress($"lists: p50 {Percentiles.Of(milliseconds, 50):0.0} ms, p99 {p99:0.0} ms for \"{filter.Query}\"");
            all.AddRange(milliseconds);
            slowest = p99 > slowest.P99 ? (p99, filter.Query) : slowest;
        }

        report.AtMost(
            $"GET /databases?limit=50 of {Population.Databases}, {Callers} callers, p99", slowest.P99, 20, " ms",
            $"(by {slowest.Query}, the slowest of {filters.Length} filters; of all p50 {Percentiles.Of(all, 50):0.0} ms)");
    }

    private static async Task MeasureCountsAsync(Report report, ServerProcess server)
    {
        var took = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await server.SendAsync(HttpMethod.Get, "/tiers");
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        report.AtMost($"GET /tiers with their {Population.Databases} databases counted, p50", Percentiles.Of(took, 50), 20, " ms");
    }

    private static async Task MeasureCreatesAsync(Report report, ServerProcess full)
    {
        Report.Progress($"lists: creating the {Few + 1}st and the {Population.Databases + 1}st database");
        using var data = new ScratchDirectory();
        await using var small = await FakeBackendServer.StartAsync(data, stalled: true);
        await small.CreateTierAsync();
        for (var i = 0; i < Few; i++)
        {
            // Both servers warm up alike.
            await small.CreateDatabaseAsync($"first-{i}");
            await full.CreateDatabaseAsync($"first-{i}");
        }

        var (onSmall, onFull) = (new List<double>(), new List<double>());
        for (var turn = 0; turn < Turns; turn++)
        {
            await CreateAsync(small, turn, onSmall);
            await CreateAsync(full, turn, onFull);
        }

        var (few, many) = (Percentiles.Of(onSmall, 50), Percentiles.Of(onFull, 50));
        report.AtMost(
            $"creating a database beside {Population.Databases} / beside {Few}", many / few, 1.3, "",
            $"(median {many:0.0} ms against {few:0.0} ms, mean {onFull.Average():0.0} ms against {onSmall.Average():0.0} ms)");
    }

    private static async Task CreateAsync(ServerProcess server, int turn, List<double> took)
    {
        for (var i = 0; i < CreatesPerTurn; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await server.CreateDatabaseAsync($"t{turn}-{i}");
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
    }
}
