using System.Collections.Concurrent;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>A hard delete leaves no file of the database anywhere, whenever the server is killed.</summary>
[RequiresLocalPostgres]
public sealed class PurgeTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    [DependentFact]
    public async Task What_tells_of_a_database_goes_last()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var (passphrase, directory) = (PassphraseOf(database.Id), DirectoryOf(database.Id));
        using var watcher = new FileSystemWatcher(installation.DataDirectory) { IncludeSubdirectories = true, InternalBufferSize = 65536 };
        var gone = new ConcurrentQueue<string>();
        watcher.Deleted += (_, removed) => gone.Enqueue(removed.FullPath);
        watcher.EnableRaisingEvents = true;
        await database.Database.DestroyAsync();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!gone.Contains(passphrase) || !gone.Contains(directory))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var order = gone.ToList();
        Assert.True(order.IndexOf(passphrase) < order.IndexOf(directory));
        AssertNothingOf(database.Id);
    }

    [DependentFact]
    public async Task A_removal_of_backups_that_was_cut_short_is_finished_by_the_next_server()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var directory = DirectoryOf(database.Id);
        var kept = Directory.CreateTempSubdirectory("daap-kept-").FullName;
        foreach (var file in Directory.EnumerateFiles(directory)) File.Copy(file, Path.Combine(kept, Path.GetFileName(file)));
        var passphrase = await File.ReadAllTextAsync(PassphraseOf(database.Id));
        await database.Database.DestroyAsync();
        AssertNothingOf(database.Id);

        // The repository has nothing of it any more, and that is not written down yet.
        await FinishedAsync(async () =>
        {
            Restore("pgbackrest.conf", "made");
            await File.WriteAllTextAsync(PassphraseOf(database.Id), passphrase);
            await File.WriteAllTextAsync(Path.Combine(database.Repository, $"daap-purging-{database.Id}"), "purging\n");
        });
        // That is, and nothing else is removed yet.
        await FinishedAsync(async () =>
        {
            Restore("pgbackrest.conf", "made");
            await File.WriteAllTextAsync(Path.Combine(directory, "made"), "begun\n");
            await File.WriteAllTextAsync(PassphraseOf(database.Id), passphrase);
        });
        // The passphrase is gone.
        await FinishedAsync(async () =>
        {
            Restore("pgbackrest.conf", "made");
            await File.WriteAllTextAsync(Path.Combine(directory, "made"), "begun\n");
        });
        // And what was in the directory.
        await FinishedAsync(() =>
        {
            Restore();
            return Task.CompletedTask;
        });
        Directory.Delete(kept, recursive: true);

        void Restore(params string[] files)
        {
            Directory.CreateDirectory(Path.Combine(directory, "lock"));
            foreach (var file in files) File.Copy(Path.Combine(kept, file), Path.Combine(directory, file));
            System.Diagnostics.Process.Start("chown", ["-R", "--reference", database.Repository, directory]).WaitForExit();
        }

        async Task FinishedAsync(Func<Task> leave)
        {
            await installation.RestartServerAsync();
            await leave();
            Assert.NotNull((await database.SeenAsync()).Backups);
            await installation.Backend.DestroyAsync(database.Id, keepBackups: false, default);
            Assert.Equal(ClusterObservation.Absent, await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Absent));
            AssertNothingOf(database.Id);
        }
    }

    private string PassphraseOf(DatabaseId id) => Path.Combine(installation.DataDirectory, "passphrases", id.Value);

    private string DirectoryOf(DatabaseId id) => Path.Combine(installation.ToolsDirectory, "pgbackrest", id.Value);

    private void AssertNothingOf(DatabaseId id) => Assert.DoesNotContain(
        new[] { installation.DataDirectory, installation.ToolsDirectory }.SelectMany(directory => Directory.EnumerateFileSystemEntries(directory, "*", Everything)),
        path => path.Contains(id.Value, StringComparison.Ordinal));
}
