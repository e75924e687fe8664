using Npgsql;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>
/// Databases accepted per second over HTTP, each with its quota place, state, audit entry and reminder durable, against plain
/// single-row INSERT commits on the same PostgreSQL, in turns. The backend makes nothing, so that only
/// accepting is measured.
/// </summary>
internal static class Creates
{
    private const int Callers = 32;
    private const int Rounds = 4;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(Report report)
    {
        Report.Progress("creates: accepting databases against single-row INSERT commits");
        using var data = new ScratchDirectory();
        await using var server = await FakeBackendServer.StartAsync(data, stalled: true);
        await server.CreateTierAsync();
        await using var platform = NpgsqlDataSource.Create($"Host={data.Path}/platform;Port=5432;Username=postgres;Database=daap;Maximum Pool Size={Callers}");
        await ExecuteAsync(platform, "create table bench_insert (id bigint generated always as identity primary key, payload text)");

        var ratios = new List<(double Ratio, double Creates, double Inserts)>();
        for (var round = 0; round <= Rounds; round++)
        {
            var inserts = await Loop.RunAsync(Callers, Turn, (_, _) => ExecuteAsync(platform, "insert into bench_insert (payload) values ('one row')"));
            var creates = await Loop.RunAsync(Callers, Turn, (caller, turn) => server.CreateDatabaseAsync($"r{round}-c{caller}-t{turn}"));
            if (round > 0)
            {
                // The first turn of each warms up.
                ratios.Add((creates.PerSecond / inserts.PerSecond, creates.PerSecond, inserts.PerSecond));
            }
        }

        var median = ratios.OrderBy(one => one.Ratio).ElementAt(ratios.Count / 2);
        report.AtLeast(
            "creates accepted / single-row INSERT commits", median.Ratio, 0.2, "", $"({median.Creates:0}/s against {median.Inserts:0}/s, {Callers} callers)");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
