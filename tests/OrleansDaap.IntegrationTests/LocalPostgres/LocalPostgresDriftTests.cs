using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.LocalPostgres.Tls;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>What the next server does with clusters that serve and that nobody applies again.</summary>
[RequiresLocalPostgres]
public sealed class LocalPostgresDriftTests
{
    [DependentFact]
    public async Task A_certificate_that_is_not_good_any_more_is_renewed_without_a_restart()
    {
        await using var installation = new LocalInstallation();
        var database = await TestDatabase.CreateAsync(installation);
        var tls = Path.Combine(Path.GetDirectoryName(database.Pgdata)!, "tls");
        var pid = database.PostmasterPid;
        // Of another CA: as little good as one that has run out.
        await using (var other = new LocalInstallation())
        {
            await other.Backend.StartAsync(default);
            other.Services.GetRequiredService<CertificateAuthority>().EnsureServerCertificate(tls);
        }

        var before = await File.ReadAllTextAsync(Path.Combine(tls, "server.crt"));
        await installation.RestartServerAsync();
        Assert.Equal(ClusterPhase.Ready, (await installation.Backend.ObserveAsync(database.Id, default)).Phase);
        await LogsAsync(installation, "brought up to date");
        await LogsAsync(installation, "reached generation 1", times: 2);

        Assert.NotEqual(before, await File.ReadAllTextAsync(Path.Combine(tls, "server.crt")));
        Assert.Equal(pid, database.PostmasterPid);
        Assert.Equal("1", await database.AskAsync("SELECT 1"));
    }

    [DependentFact]
    public async Task Another_host_reaches_a_database_that_serves_and_is_seen_only_then()
    {
        await using var installation = new LocalInstallation();
        var database = await TestDatabase.CreateAsync(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 20) });
        await installation.RestartServerAsync(new Dictionary<string, string?> { ["Daap:Local:Host"] = "127.0.0.2" });

        var seen = await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Ready, 1);
        Assert.Equal("127.0.0.2", seen.Endpoint!.Host);
        var credentials = seen.Endpoint.Credentials.Path!;
        Assert.Equal("1", await Psql.AskAsync(await File.ReadAllTextAsync(Path.Combine(credentials, "uri")), "SELECT 1"));
        Assert.Equal("1", await Psql.AskAsync(
            $"postgresql://app@127.0.0.2:{seen.Endpoint.PooledPort}/app?sslmode=verify-full&sslrootcert={seen.Endpoint.Ca.Path}", "SELECT 1", Path.Combine(credentials, "pgpass")));
    }

    [DependentFact]
    public async Task Settings_of_an_older_server_are_brought_up_to_date_and_need_no_restart_when_a_reload_will_do()
    {
        await using var installation = new LocalInstallation();
        var database = await TestDatabase.CreateAsync(installation);
        var pid = database.PostmasterPid;
        var conf = Path.Combine(database.Pgdata, "postgresql.conf");
        var wanted = await File.ReadAllTextAsync(conf);
        await File.WriteAllTextAsync(conf, wanted.Replace("pgaudit.log = 'ddl, role, write'", "pgaudit.log = 'ddl'", StringComparison.Ordinal));
        await installation.RestartServerAsync();
        await installation.Backend.StartAsync(default);
        await LogsAsync(installation, "reached generation 1", times: 2);

        Assert.Equal(wanted, await File.ReadAllTextAsync(conf));
        Assert.Equal(pid, database.PostmasterPid);
    }

    private static async Task LogsAsync(LocalInstallation installation, string words, int times = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (installation.Logs.Messages.Count(said => said.Contains(words, StringComparison.Ordinal)) < times)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
