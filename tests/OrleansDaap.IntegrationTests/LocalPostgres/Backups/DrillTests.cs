using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres]
public sealed class DrillTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_drill_passes_while_its_source_is_written_to_and_leaves_nothing()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.WriteAsync(10);
        await database.Database.AskAsync("CREATE TABLE still (word text); INSERT INTO still VALUES ('calm')");
        await database.BackUpAsync("bk-1");
        var drill = database.DrillAsync("drill-1");
        while (!drill.IsCompleted) await database.WriteAsync(50);
        var result = await drill;

        Assert.Null(result.Failure);
        Assert.True(result.RecoveryTime > TimeSpan.Zero);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(installation.ToolsDirectory, "scratch")));
        Assert.Contains(installation.Logs.Messages, said => said.Contains("drill-1", StringComparison.Ordinal) && said.Contains("its files are in order", StringComparison.Ordinal));
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_drill_finds_what_is_not_as_it_is_at_its_source()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.Database.AskAsync("CREATE TABLE word (said text); INSERT INTO word VALUES ('aardvark-was-here')");
        await database.BackUpAsync("bk-1");
        Assert.Null((await database.DrillAsync("drill-1")).Failure);

        // The source changes in a way that no backup can know of: on its disk.
        var file = Path.Combine(database.Database.Pgdata, await database.Database.AskAsync("SELECT pg_relation_filepath('word')"));
        await installation.Backend.ApplyAsync(database.Database.Spec with { Generation = 2, Frozen = true }, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        var bytes = await File.ReadAllBytesAsync(file);
        var at = bytes.AsSpan().IndexOf("aardvark"u8);
        Encoding.ASCII.GetBytes("aardwolf").CopyTo(bytes, at);
        await File.WriteAllBytesAsync(file, bytes);
        await ReviseChecksumsAsync(database.Database.Pgdata);
        await database.Database.ReadyAsync(database.Database.Spec with { Generation = 3 });
        Assert.Equal("aardwolf-was-here", await database.Database.AskAsync("TABLE word"));

        var result = await database.DrillAsync("drill-2");
        Assert.Equal("drill-differs", result.Failure?.Code);
        Assert.Contains("public.word", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(result.ProvenAt);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task The_backups_of_a_frozen_database_are_drilled_too()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        await database.WriteAsync(3);
        await installation.Backend.ApplyAsync(database.Database.Spec with { Generation = 2, Frozen = true }, default);
        var frozen = await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        var result = await database.DrillAsync("drill-1");

        Assert.Null(result.Failure);
        Assert.Equal(frozen.Backups!.LatestRestoreAt, result.ProvenAt);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_drill_passes_whatever_names_and_settings_the_owner_has_chosen()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.Database.AskAsync("CREATE TABLE odd (\"row\" text, other int); INSERT INTO odd SELECT repeat('x', 1000), n FROM generate_series(1, 20000) n");
        foreach (var setting in new[] { "statement_timeout = 1", "lock_timeout = 1", "idle_in_transaction_session_timeout = 1", "default_transaction_read_only = on" })
            await database.Database.AskAsync($"SET default_transaction_read_only = off; SET statement_timeout = 0; ALTER DATABASE app SET {setting}");
        await database.BackUpAsync("bk-1");

        Assert.Null((await database.DrillAsync("drill-1")).Failure);
        await database.Database.DestroyAsync();
    }

    private async Task ReviseChecksumsAsync(string pgdata)
    {
        var major = (await File.ReadAllTextAsync(Path.Combine(pgdata, "PG_VERSION"))).Trim();
        var programs = await installation.Services.GetRequiredService<PostgresInstallations>().FindAsync(int.Parse(major, CultureInfo.InvariantCulture), default);
        var tools = installation.Services.GetRequiredService<ToolRunner>();
        foreach (var change in new[] { "--disable", "--enable" }) await tools.RunAsync(programs.Tool("pg_checksums"), [change, "-D", pgdata], default);
    }
}
