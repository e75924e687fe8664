using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres, RequiresNode]
public sealed class S3RepositoryTests
{
    [DependentFact]
    public async Task A_bucket_keeps_backups_as_a_directory_does_and_a_purge_leaves_nothing_there()
    {
        await using var server = await S3Server.StartAsync();
        await using var installation = new LocalInstallation(server.Settings);
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.WriteAsync(10);
        await source.BackUpAsync("bk-2", BackupType.Incremental);
        var restored = await source.RestoreAsync(await source.MomentAsync(10));
        Assert.Equal("10", await restored.AskAsync("SELECT max(n) FROM written"));
        Assert.NotEmpty(FilesOf(server, source));
        Assert.False(Directory.Exists(source.Repository));

        await server.StopAsync();
        var failing = await installation.Backend.WaitForAsync(source.Id, seen => seen.Backups?.ArchivingFailure is not null);
        Assert.Equal((ClusterPhase.Ready, "archiving-failing"), (failing.Phase, failing.Reason?.Code));
        await server.RunAsync();
        await installation.Backend.WaitForAsync(source.Id, seen => seen is { Phase: ClusterPhase.Ready, Backups.ArchivingFailure: null });

        await restored.DestroyAsync();
        await source.Database.DestroyAsync();
        Assert.Empty(FilesOf(server, source));
    }

    private static string[] FilesOf(S3Server server, BackedUpDatabase database) =>
        [.. Directory.EnumerateFiles(server.Store, "*", SearchOption.AllDirectories).Where(file => file.Contains(database.Id.Value, StringComparison.Ordinal))];
}
