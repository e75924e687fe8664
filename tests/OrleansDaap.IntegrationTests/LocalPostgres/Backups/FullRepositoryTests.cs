using System.Diagnostics;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;
using Xunit.Abstractions;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>A repository on a small disk of its own, which only root can make: a part of <c>make soak</c>.</summary>
[RequiresLocalPostgres]
public sealed class FullRepositoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly string _disk = Directory.CreateTempSubdirectory("daap-disk-").FullName;
    private bool _mounted;

    public async Task InitializeAsync()
    {
        if (!Soak.IsOn || !Environment.IsPrivilegedProcess) return;
        var owner = ToolAccount.Find("postgres")!;
        _mounted = await RunAsync("mount", "-t", "tmpfs", "-o", $"size=48m,mode=0700,uid={owner.UserId},gid={owner.GroupId}", "tmpfs", _disk);
    }

    public async Task DisposeAsync()
    {
        if (_mounted) await RunAsync("umount", _disk);
        Directory.Delete(_disk, recursive: true);
    }

    [DependentFact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task A_full_repository_is_told_of_and_heals_when_there_is_space_again()
    {
        if (!_mounted)
        {
            output.WriteLine("Skipped: only make soak, run by root, mounts a disk.");
            return;
        }

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

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
