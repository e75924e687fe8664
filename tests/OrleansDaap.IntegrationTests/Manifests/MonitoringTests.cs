using System.Text.Json;
using OrleansDaap.IntegrationTests.Contract;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Manifests;

/// <summary>What deploy/monitoring asks of Prometheus: it parses, and a server shows what it asks for.</summary>
[RequiresNode]
public sealed class MonitoringTests : IDisposable
{
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [DependentFact]
    public async Task Every_metric_that_an_alert_or_the_dashboard_asks_for_is_there_once_a_database_is_backed_up()
    {
        var package = await NodePackage.InstallAsync(ManifestSchemaTests.Checker);
        var (exitCode, output) = await package.ScriptAsync(
            "promql.mjs", [.. Directory.GetFiles(Path.Combine(ManifestSchemaTests.Root, "deploy/monitoring"))]);
        Assert.True(exitCode == 0, output);
        var asked = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(asked);

        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync();
        await server.SendAsync(HttpMethod.Put, "/tiers/dev/quota", new { databases = 7 });
        await server.SendAsync(HttpMethod.Patch, "/tiers/dev", new { backup = new { schedule = "0 3 * * *", retention_days = 7 } });
        var id = await server.CreateDatabaseAsync("orders");
        await server.UntilAsync(id, database => database.GetProperty("backup").GetProperty("last_successful_at").ValueKind != JsonValueKind.Null);
        var shown = (await server.Http.GetStringAsync("/metrics")).Split('\n').Select(line => line.Split('{', ' ')[0]).ToHashSet();

        Assert.Empty(asked.Except(shown));
    }
}
