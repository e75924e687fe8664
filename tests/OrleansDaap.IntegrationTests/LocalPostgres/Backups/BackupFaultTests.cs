using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres]
public sealed class BackupFaultTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_repository_that_cannot_be_written_to_is_told_of_and_heals_by_itself()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        Directory.Move(database.Repository, database.Repository + ".away");
        await SeesFailureAsync(database);
        Assert.Equal("1", await database.Database.AskAsync("SELECT 1"));
        Assert.NotNull((await database.TryBackUpAsync("bk-2")).LastFailure);
        // What a disk that is not mounted leaves must not be begun anew.
        Assert.False(Directory.Exists(database.Repository));
        Directory.Move(database.Repository + ".away", database.Repository);
        await HealsAsync(database);

        File.SetUnixFileMode(database.Repository, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var failure = await SeesFailureAsync(database);
        // The very words of pgBackRest, cut short.
        Assert.Contains("Permission denied", failure.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(database.Repository, FileModes.PrivateDirectory);
        await HealsAsync(database);

        await database.BackUpAsync("bk-2", BackupType.Incremental);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task An_archiver_that_fails_while_its_repository_is_well_is_told_of_and_heals_by_itself()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        await database.FailArchiverAsync(true);
        await database.WriteAsync(3);
        await database.CommandAsync("SELECT pg_switch_wal()");
        var failure = await SeesFailureAsync(database);
        Assert.Contains("archive_command", failure.Message, StringComparison.Ordinal);

        await database.FailArchiverAsync(false);
        await HealsAsync(database);
        await database.BackUpAsync("bk-2", BackupType.Incremental);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task What_keeps_changes_from_being_archived_is_told_of_as_it_is_now()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var archive = Path.Combine(database.Repository, "archive", database.Id.Value);
        foreach (var directory in Directory.EnumerateDirectories(archive, "*", SearchOption.AllDirectories).Append(archive))
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await database.WriteAsync(3);
        await database.CommandAsync("SELECT pg_switch_wal()");
        var first = await SeesFailureAsync(database);
        Assert.Contains("Permission denied", first.Message, StringComparison.Ordinal);
        foreach (var directory in Directory.EnumerateDirectories(archive, "*", SearchOption.AllDirectories).Append(archive)) File.SetUnixFileMode(directory, FileModes.PrivateDirectory);
        Directory.Move(archive, archive + ".away");
        var second = await installation.Backend.WaitForAsync(
            database.Id, seen => seen.Backups?.ArchivingFailure is { } failure && !failure.Message.Contains("Permission denied", StringComparison.Ordinal));
        Assert.Equal(first.Since, second.Reason!.Since);

        if (Directory.Exists(archive)) Directory.Delete(archive, recursive: true);
        Directory.Move(archive + ".away", archive);
        await HealsAsync(database);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_repository_that_hangs_is_told_of_within_a_minute()
    {
        using var backRest = new SlowPgBackRest("repo-get");
        await using var hanging = new LocalInstallation(backRest.Settings);
        var database = await BackedUpDatabase.CreateAsync(hanging);
        await database.BackUpAsync("bk-1");
        backRest.Hold("repo-get");
        var seen = await hanging.Backend.WaitForAsync(database.Id, seen => seen.Backups?.ArchivingFailure is not null);
        Assert.Contains("did not end within", seen.Reason!.Message, StringComparison.Ordinal);
        backRest.Release("repo-get");
        await hanging.Backend.WaitForAsync(database.Id, seen => seen is { Phase: ClusterPhase.Ready, Reason: null, Backups.ArchivingFailure: null });
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_repository_that_the_next_server_cannot_read_is_not_taken_for_an_empty_one()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.WriteAsync(3);
        var known = await database.BackUpAsync("bk-1");
        var restored = database.Restored(known.EarliestRestoreAt!.Value);
        Directory.Move(database.Repository, database.Repository + ".away");
        await UnknownAsync();
        // As a place where a disk is to be mounted.
        Directory.CreateDirectory(database.Repository);
        File.SetUnixFileMode(database.Repository, FileModes.PassableDirectory);
        await UnknownAsync();
        // A restore is told to wait, and not that there is nothing left to restore.
        Assert.Equal("repository-unavailable", (await restored.FailsAsync()).Reason?.Code);
        Directory.Delete(database.Repository);
        Directory.Move(database.Repository + ".away", database.Repository);

        var seen = await installation.Backend.WaitForAsync(database.Id, seen => seen.Backups is { Unknown: null });
        Assert.Equal((known.EarliestRestoreAt, known.LastSuccessfulAt), (seen.Backups!.EarliestRestoreAt, seen.Backups.LastSuccessfulAt));
        Assert.Equal("bk-1", Assert.Single(await installation.Backend.ListBackupsAsync(database.Id, default)).Id);
        await restored.ReadyAsync();
        Assert.Equal("3", await restored.AskAsync("SELECT max(n) FROM written"));
        await restored.DestroyAsync();
        await database.Database.DestroyAsync();

        async Task UnknownAsync()
        {
            await installation.RestartServerAsync();
            var seen = await database.SeenAsync();
            Assert.Equal("repository-unavailable", seen.Backups?.Unknown?.Code);
            Assert.Null(seen.Backups!.EarliestRestoreAt);
            await Assert.ThrowsAsync<Common.BackendUnavailableException>(() => installation.Backend.ListBackupsAsync(database.Id, default));
        }
    }

    [DependentFact]
    public async Task A_repository_that_a_killed_server_had_just_begun_is_not_begun_anew_either()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        // As if the server had been killed before pgBackRest had answered.
        var places = installation.Services.GetRequiredService<BackupPlaces>();
        await File.WriteAllTextAsync(places.MadeMark(database.Id), BackupPlaces.Begun);
        await installation.RestartServerAsync();
        await installation.Backend.WaitForAsync(database.Id, seen => seen.Backups is { Unknown: null, LastSuccessfulAt: not null });
        places = installation.Services.GetRequiredService<BackupPlaces>();
        Assert.True(places.IsMade(database.Id));
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_new_database_begins_no_other_repository_where_the_first_is_not_mounted()
    {
        var first = await BackedUpDatabase.CreateAsync(installation);
        await first.BackUpAsync("bk-1");
        var (place, away) = (first.Repository, first.Repository + ".away");
        Directory.Move(place, away);
        Directory.CreateDirectory(place);
        await System.Diagnostics.Process.Start("chown", ["--reference", away, place]).WaitForExitAsync();
        await installation.RestartServerAsync();
        var second = await BackedUpDatabase.CreateAsync(installation);
        Assert.Contains(RepositoryMark.Name, (await SeesFailureAsync(second)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(place));

        // As one that an older server has made.
        File.Delete(Path.Combine(away, RepositoryMark.Name));
        Directory.Delete(place);
        Directory.Move(away, place);
        await HealsAsync(second);
        await second.BackUpAsync("bk-2");
        Assert.True(File.Exists(Path.Combine(place, RepositoryMark.Name)));
        await first.BackUpAsync("bk-3", BackupType.Incremental);
        foreach (var database in new[] { first, second }) await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_purge_waits_for_its_repository()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var archive = Path.Combine(database.Repository, "archive", database.Id.Value);
        File.SetUnixFileMode(archive, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await installation.Backend.DestroyAsync(database.Id, keepBackups: false, default);
        var seen = await installation.Backend.WaitForAsync(database.Id, seen => seen.Phase is ClusterPhase.Failed or ClusterPhase.Absent);
        Assert.Equal((ClusterPhase.Absent, "repository-unavailable"), (seen.Phase, seen.Reason?.Code));

        File.SetUnixFileMode(archive, FileModes.PrivateDirectory);
        await database.Database.DestroyAsync();
        Assert.Equal(ClusterObservation.Absent, await database.SeenAsync());
        Assert.False(Directory.Exists(archive));
    }

    [DependentFact]
    public async Task A_purge_is_not_done_while_its_repository_is_not_mounted()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        Directory.Move(database.Repository, database.Repository + ".away");
        await SeesUnavailableAsync();
        // As a place where a disk is to be mounted.
        Directory.CreateDirectory(database.Repository);
        await SeesUnavailableAsync();
        Directory.Delete(database.Repository, recursive: true);
        Directory.Move(database.Repository + ".away", database.Repository);
        Assert.True(Directory.Exists(Path.Combine(database.Repository, "backup", database.Id.Value)));

        await database.Database.DestroyAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(database.Repository, $"*{database.Id.Value}*", SearchOption.AllDirectories));

        async Task SeesUnavailableAsync()
        {
            await installation.Backend.DestroyAsync(database.Id, keepBackups: false, default);
            var seen = await installation.Backend.WaitForAsync(database.Id, seen => seen.Phase is ClusterPhase.Failed or ClusterPhase.Absent);
            Assert.Equal((ClusterPhase.Absent, "repository-unavailable"), (seen.Phase, seen.Reason?.Code));
        }
    }

    [DependentFact]
    public async Task A_backup_that_is_killed_fails_and_the_next_one_succeeds()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await installation.Backend.BackUpAsync(database.Id, new BackupRequest("bk-1", BackupType.Full), default);
        await database.KillAsync("backup");
        Assert.NotNull((await database.EndedAsync("bk-1")).LastFailure);

        // And its source in the midst of the next.
        await installation.Backend.BackUpAsync(database.Id, new BackupRequest("bk-2", BackupType.Full), default);
        await database.ProcessesAsync("backup");
        await database.Database.KillAsync();
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        await database.Database.ReadyAsync();
        await database.EndedAsync("bk-2");
        await database.BackUpAsync("bk-3");
        Assert.Contains("bk-3", (await installation.Backend.ListBackupsAsync(database.Id, default)).Select(backup => backup.Id));
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_backup_that_outlives_its_server_is_found_by_the_next_one()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await installation.Backend.BackUpAsync(database.Id, new BackupRequest("bk-1", BackupType.Full), default);
        await database.ProcessesAsync("backup");
        await installation.RestartServerAsync();

        await database.BackUpAsync("bk-1");
        Assert.Equal("bk-1", Assert.Single(await installation.Backend.ListBackupsAsync(database.Id, default)).Id);
        await installation.RestartServerAsync();
        Assert.Equal("bk-1", (await database.SeenAsync()).Backups!.LastEnded);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task The_passphrase_is_in_no_command_line_no_log_and_no_file_that_others_may_read()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        var passphraseFile = Path.Combine(installation.DataDirectory, "passphrases", database.Id.Value);
        var passphrase = await File.ReadAllTextAsync(passphraseFile);
        Assert.InRange(passphrase.Length, 40, 100);
        var backup = database.BackUpAsync("bk-1");
        while (!backup.IsCompleted)
        {
            Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Select(CommandLine), line => line.Contains(passphrase, StringComparison.Ordinal));
            await Task.Yield();
        }

        await backup;
        Assert.DoesNotContain(installation.Logs.Messages, said => said.Contains(passphrase, StringComparison.Ordinal));
        var holding = Directory.EnumerateFiles(installation.ToolsDirectory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => Holds(file, passphrase)).Append(passphraseFile).Distinct().ToList();
        Assert.Equal(2, holding.Count);
        Assert.All(holding, file => Assert.Equal(FileModes.PrivateFile, File.GetUnixFileMode(file)));
        await database.Database.DestroyAsync();
        Assert.All(holding, file => Assert.False(File.Exists(file)));
    }

    [DependentFact]
    public async Task Backups_come_and_go_with_the_tier()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await database.ReadyAsync(database.Spec with { Generation = 2, Backups = new BackupSpec(3) });
        var backedUp = new BackedUpDatabase(installation, database);
        await backedUp.BackUpAsync("bk-1");
        await database.ReadyAsync(database.Spec with { Generation = 3, Backups = null });

        Assert.Equal("cluster-not-ready", (await backedUp.TryBackUpAsync("bk-2")).LastFailure?.Code);
        var seen = (await backedUp.SeenAsync()).Backups;
        Assert.NotNull(seen?.EarliestRestoreAt);
        // What is changed from now on is in no repository.
        var ended = TimeProvider.System.GetUtcNow();
        Assert.True(seen.LatestRestoreAt < ended);
        Assert.Equal(seen.LatestRestoreAt, (await backedUp.SeenAsync()).Backups!.LatestRestoreAt);

        // What was changed in between is in none of the backups from before.
        await database.ReadyAsync(database.Spec with { Generation = 4, Backups = new BackupSpec(3) });
        seen = (await backedUp.SeenAsync()).Backups!;
        Assert.Equal((null, null), (seen.EarliestRestoreAt, seen.LatestRestoreAt));
        Assert.True((await backedUp.BackUpAsync("bk-3")).EarliestRestoreAt > ended);
        await database.DestroyAsync();
    }

    private async Task<Common.StatusReason> SeesFailureAsync(BackedUpDatabase database)
    {
        var seen = await installation.Backend.WaitForAsync(database.Id, seen => seen.Backups?.ArchivingFailure is not null);
        Assert.Equal((ClusterPhase.Ready, "archiving-failing"), (seen.Phase, seen.Reason?.Code));
        Assert.Equal("archiving-failing", seen.Backups!.ArchivingFailure!.Code);
        return seen.Reason!;
    }

    private Task<ClusterObservation> HealsAsync(BackedUpDatabase database) =>
        installation.Backend.WaitForAsync(database.Id, seen => seen is { Phase: ClusterPhase.Ready, Reason: null, Backups.ArchivingFailure: null });

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool Holds(string file, string text)
    {
        try
        {
            if (new FileInfo(file).Length is 0 or > 10_000_000) return false;

            // Also what a program at work has locked.
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd().Contains(text, StringComparison.Ordinal);
        }
        catch (FileNotFoundException)
        {
            // One of the programs at work has removed it since it was listed.
            return false;
        }
    }
}
