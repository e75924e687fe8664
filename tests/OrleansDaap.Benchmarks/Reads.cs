using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>How long <c>GET /databases/{id}</c> takes.</summary>
internal static class Reads
{
    private const int Callers = 32;
    private const int Databases = 1000;

    public static async Task RunAsync(Report report)
    {
        Report.Progress("reads: GET /databases/{id}");
        using var data = new ScratchDirectory();
        await using var server = await FakeBackendServer.StartAsync(data);
        await server.CreateTierAsync();
        var ids = new string[Databases];
        await Parallel.ForAsync(0, Databases, async (number, _) =>
            ids[number] = await server.CreateDatabaseAsync($"d{number}"));

        await Loop.RunAsync(Callers, TimeSpan.FromSeconds(3), ReadAsync);
        var (perSecond, milliseconds) = await Loop.RunAsync(Callers, TimeSpan.FromSeconds(8), ReadAsync);
        report.AtMost(
            $"GET /databases/{{id}}, {Callers} callers, p99", Percentiles.Of(milliseconds, 99), 10, " ms", $"(p50 {Percentiles.Of(milliseconds, 50):0.00} ms, {perSecond:0}/s)");

        async Task ReadAsync(int caller, int round)
        {
            using var answer = await server.Http.GetAsync($"/databases/{ids[((caller * 31) + round) % Databases]}");
            answer.EnsureSuccessStatusCode();
        }
    }
}
