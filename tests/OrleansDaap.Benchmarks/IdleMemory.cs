using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>What a server with many databases that nobody asks for holds in memory.</summary>
internal static class IdleMemory
{
    private const int Databases = 10_000;

    public static async Task RunAsync(Report report)
    {
        Report.Progress($"memory: {Databases} idle databases");
        using var data = new ScratchDirectory();
        await using var server = await FakeBackendServer.StartAsync(data);
        await server.CreateTierAsync();
        await Parallel.ForAsync(0, Databases, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
            await server.CreateDatabaseAsync($"d{number}"));

        // All grains are still active here, right after the last was made: no less memory than they will ever take idle.
        await Task.Delay(TimeSpan.FromSeconds(5));
        report.AtMost($"resident memory with {Databases} idle databases", server.ResidentMebibytes, 400, " MiB");
    }
}
