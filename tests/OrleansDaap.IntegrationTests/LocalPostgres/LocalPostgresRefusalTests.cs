using System.Globalization;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class LocalPostgresRefusalTests
{
    [DependentFact]
    public async Task A_port_range_used_up_fails_the_next_database_until_a_port_is_free()
    {
        await using var installation = new LocalInstallation(null, ports: 1);
        var one = await TestDatabase.CreateAsync(installation);
        var two = TestDatabase.New(installation);

        var failed = await two.FailsAsync();
        Assert.Equal("port-range-exhausted", failed.Reason?.Code);
        Assert.Contains("Daap:Local:PortRange", failed.Reason!.Message, StringComparison.Ordinal);
        Assert.Equal("1", await one.AskAsync("SELECT 1"));
        await one.DestroyAsync();
        await two.ReadyAsync();
        Assert.Equal(one.Endpoint.Port, two.Endpoint.Port);
    }

    [DependentFact]
    public async Task A_port_taken_by_a_stranger_is_named_and_the_database_starts_when_it_is_free()
    {
        await using var installation = new LocalInstallation();
        var database = await TestDatabase.CreateAsync(installation);
        await installation.Backend.ApplyAsync(database.Spec with { Generation = 2, Frozen = true }, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        var thawed = TestDatabase.New(installation, _ => database.Spec with { Generation = 3 });
        await using (new Stranger(database.Endpoint.Port))
        {
            var failed = await thawed.FailsAsync();
            Assert.Equal("port-in-use", failed.Reason?.Code);
            Assert.Contains(database.Endpoint.Port.ToString(CultureInfo.InvariantCulture), failed.Reason!.Message, StringComparison.Ordinal);
        }

        await thawed.ReadyAsync();
        Assert.Equal(database.Endpoint.Port, thawed.Endpoint.Port);
    }

    [DependentFact]
    public async Task A_missing_postgres_fails_the_database_until_it_is_installed()
    {
        var binaries = Directory.CreateTempSubdirectory("daap-bin-").FullName;
        File.SetUnixFileMode(binaries, FileModes.PassableDirectory);
        try
        {
            await using var installation = new LocalInstallation(Setting("Daap:Local:PostgresInstallations:0", binaries));
            var database = TestDatabase.New(installation);
            Assert.Equal("postgres-not-installed", (await database.FailsAsync()).Reason?.Code);
            await Assert.ThrowsAsync<InvalidOperationException>(() => installation.Backend.CheckAsync(default));

            // PostgreSQL finds its other files through the link.
            foreach (var tool in Directory.EnumerateFiles("/usr/lib/postgresql/15/bin")) File.CreateSymbolicLink(Path.Combine(binaries, Path.GetFileName(tool)), tool);
            await database.ReadyAsync();
        }
        finally
        {
            Directory.Delete(binaries, recursive: true);
        }
    }

    [DependentFact]
    public async Task A_missing_pgbouncer_fails_only_databases_with_pooling()
    {
        await using var installation = new LocalInstallation(Setting("Daap:Local:PgBouncer", "/nowhere/pgbouncer"));
        var plain = await TestDatabase.CreateAsync(installation);
        var pooled = TestDatabase.New(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Transaction, 20) });

        Assert.Equal("pgbouncer-not-installed", (await pooled.FailsAsync()).Reason?.Code);
        await installation.RestartServerAsync(Setting("Daap:Local:PgBouncer", null));
        await pooled.ReadyAsync();
        await plain.ReadyAsync();
    }

    [DependentFact]
    public async Task A_second_server_on_the_same_directory_is_refused()
    {
        await using var installation = new LocalInstallation();
        await installation.Backend.StartAsync(default);
        await using var second = new LocalInstallation(Setting("Daap:DataDirectory", installation.DataDirectory));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => second.Backend.StartAsync(default));
        Assert.Contains("another server", refused.Message, StringComparison.Ordinal);
    }

    [DependentFact]
    public async Task A_port_that_could_not_be_replaced_is_no_other_databases()
    {
        await using var installation = new LocalInstallation(null, ports: 1);
        var one = TestDatabase.New(installation);
        await one.ReadyAsync();
        var record = Path.Combine(Path.GetDirectoryName(one.Pgdata)!, "cluster.json");
        await installation.Backend.ApplyAsync(one.Spec with { Generation = 2, Frozen = true }, default);
        await installation.Backend.WaitForAsync(one.Id, ClusterPhase.Stopped, 2);
        await installation.RestartServerAsync();
        // A creation cut short: the port is the record's, and was told to nobody.
        var text = await File.ReadAllTextAsync(record);
        await File.WriteAllTextAsync(record, text.Replace("\"Reached\": 2", "\"Reached\": 0", StringComparison.Ordinal));
        var again = TestDatabase.New(installation, _ => one.Spec with { Generation = 3 });
        await using (new Stranger(one.Endpoint.Port))
        {
            Assert.Equal("port-range-exhausted", (await again.FailsAsync()).Reason?.Code);
        }

        var two = TestDatabase.New(installation);
        Assert.Equal("port-range-exhausted", (await two.FailsAsync()).Reason?.Code);
        await again.ReadyAsync();
        Assert.Equal(one.Endpoint.Port, again.Endpoint.Port);
    }

    [DependentFact]
    public async Task A_host_that_is_not_this_machine_is_told_by_its_key()
    {
        foreach (var host in new[] { "nowhere.invalid", "192.0.2.1" })
        {
            await using var installation = new LocalInstallation(Setting("Daap:Local:Host", host));

            var reason = (await TestDatabase.New(installation).FailsAsync()).Reason;
            Assert.Equal("host-unusable", reason?.Code);
            Assert.Contains("Daap:Local:Host", reason!.Message, StringComparison.Ordinal);
        }
    }

    private static Dictionary<string, string?> Setting(string key, string? value) => new() { [key] = value };
}
