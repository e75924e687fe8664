using System.Diagnostics;
using Npgsql;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>
/// From <c>POST /databases</c> to the first answered query over verified TLS, against <c>initdb</c>, <c>pg_ctl start</c> and
/// <c>createdb</c> by hand, in turns.
/// </summary>
internal static class FirstQuery
{
    private const int Rounds = 30;

    public static async Task RunAsync(Report report)
    {
        Report.Progress($"first-query: {Rounds} databases by API and {Rounds} by hand");
        using var data = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(data);
        await server.CreateTierAsync();
        using var byHand = new RawCluster();
        var api = new List<double>();
        var raw = new List<double>();
        for (var round = -2; round < Rounds; round++)
        {
            var rawTook = await byHand.MeasureAsync();
            var apiTook = await MeasureAsync(server, $"d{round + 2}");
            if (round >= 0)
            {
                raw.Add(rawTook);
                api.Add(apiTook);
            }
        }

        Add(50, 0.5);
        Add(99, 1.0);

        void Add(double percent, double target)
        {
            var (ours, theirs) = (Percentiles.Of(api, percent), Percentiles.Of(raw, percent));
            report.AtMost($"POST to first query / initdb + start + createdb, p{percent}", ours / theirs, target, "", $"({ours:0} ms against {theirs:0} ms)");
        }
    }

    private static async Task<double> MeasureAsync(ServerProcess server, string name)
    {
        var begun = Stopwatch.GetTimestamp();
        var id = await server.CreateDatabaseAsync(name);
        var connection = (await server.UntilStatusAsync(id, "ready")).GetProperty("connection");
        var credentials = connection.GetProperty("credentials").GetProperty("path").GetString()!;
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = connection.GetProperty("host").GetString(),
            Port = connection.GetProperty("port").GetInt32(),
            Database = connection.GetProperty("database").GetString(),
            Username = connection.GetProperty("user").GetString(),
            Password = await File.ReadAllTextAsync(Path.Combine(credentials, "password")),
            SslMode = SslMode.VerifyFull,
            RootCertificate = connection.GetProperty("ca").GetProperty("path").GetString(),
            Pooling = false,
        };
        await using var session = new NpgsqlConnection(settings.ConnectionString);
        await session.OpenAsync();
        await using var query = new NpgsqlCommand("select 1", session);
        await query.ExecuteScalarAsync();
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;

        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
        await server.UntilStatusAsync(id, "deleted");
        return took;
    }
}
