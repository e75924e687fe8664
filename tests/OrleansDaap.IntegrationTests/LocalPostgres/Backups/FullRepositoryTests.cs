using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>A repository on a small disk of its own.</summary>
[RequiresLocalPostgres, RequiresMount]
public sealed class FullRepositoryTests : IAsyncLifetime
{
    private readonly string _disk = Directory.CreateTempSubdirectory("daap-disk-").FullName;

    public Task InitializeAsync()
    {
        var owner = ToolAccount.Find("postgres")!;
        Assert.Null(RequiresMountAttribute.Run("mount", "-t", "tmpfs", "-o", $"size=48m,mode=0700,uid={owner.UserId},gid={owner.GroupId}", "daap-test", _disk));
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        Assert.Null(RequiresMountAttribute.Run("umount", _disk));
        Directory.Delete(_disk, recursive: true);
        return Task.CompletedTask;
    }

    [SoakFact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task A_full_repository_is_told_of_and_heals_when_there_is_space_again()
    {
        await using var installation = new LocalInstallation(new Dictionary<string, string?> { ["Daap:Local:Backup:Path"] = _disk });
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        Fill();
        var failing = await installation.Backend.WaitForAsync(database.Id, seen => seen.Backups?.ArchivingFailure is not null);
        Assert.Equal((ClusterPhase.Ready, "archiving-failing"), (failing.Phase, failing.Reason?.Code));
        Assert.Contains("full", failing.Reason!.Message, StringComparison.Ordinal);
        await database.WriteAsync(5);
        Assert.Equal("repository-full", (await database.TryBackUpAsync("bk-2")).LastFailure?.Code);

        File.Delete(Path.Combine(_disk, "filler"));
        await installation.Backend.WaitForAsync(database.Id, seen => seen is { Phase: ClusterPhase.Ready, Backups.ArchivingFailure: null });
        await database.BackUpAsync("bk-3");
        var restored = await database.RestoreAsync(await database.MomentAsync(5));
        Assert.Equal("5", await restored.AskAsync("SELECT max(n) FROM written"));
        await restored.DestroyAsync();
        await database.Database.DestroyAsync();
    }

    private void Fill()
    {
        using var filler = new FileStream(Path.Combine(_disk, "filler"), FileMode.Create);
        try
        {
            while (true)
            {
                filler.Write(new byte[4096]);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }
}
