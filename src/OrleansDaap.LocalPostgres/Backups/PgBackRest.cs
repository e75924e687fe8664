using System.Globalization;
using System.Text.Json;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// pgBackRest's commands. A command that this server ran when it was killed goes on; the next server waits for it or ends it, whichever
/// loses less.
/// </summary>
internal sealed class PgBackRest(PgBackRestProgram program, BackupPlaces places, ToolRunner tools, TimeProvider time)
{
    private const string Name = "pgbackrest";

    /// <summary>A terabyte at the speed of a slow disk; its own timeouts end what hangs long before.</summary>
    private static readonly TimeSpan CopyPatience = TimeSpan.FromHours(24);

    /// <summary>A bucket that does not answer is asked again until this is over, twice; a look must not take minutes.</summary>
    private const string BriefTimeout = "--io-timeout=10";

    /// <summary>For a single file, small as a mark or large as one of changes: a repository that hangs is told of within a minute.</summary>
    private static readonly TimeSpan FilePatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>What the repository holds of a database. Throws when it cannot be read, and when it has lost what it had.</summary>
    public async Task<RepositoryInfo> InfoAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var info = await FindAsync(id, cancellationToken);
        // A place where a disk is not mounted is empty too.
        if (!info.Exists && places.IsMade(id))
            throw new ClusterFailureException("repository-unavailable", "The repository has nothing of this database any more, which it had. Bring it back, or mount its disk; it is not begun anew.");
        return info;
    }

    /// <summary>As <see cref="InfoAsync"/>, of one that may have been purged.</summary>
    public async Task<RepositoryInfo> FindAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), Arguments(id, "info", "--output=json", BriefTimeout), cancellationToken);
        if (result.ExitCode != 0) throw PgBackRestWords.Describe("repository-unavailable", "The repository of the backups could not be asked", result);
        try
        {
            return RepositoryInfo.Parse(result.Output);
        }
        catch (JsonException)
        {
            // It quotes a file that it could not decipher as it is, which is no text.
            throw PgBackRestWords.Unavailable(result.Output);
        }
    }

    /// <summary>What everything of a database takes there; bytes.</summary>
    public async Task<long> SizeAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var size = 0L;
        foreach (var part in new[] { "backup", "archive" })
        {
            var result = await tools.TryAsync(
                program.Find(), [$"--config={places.SettingsFile(id)}", "repo-ls", "--recurse", "--output=json", $"{part}/{id}"], cancellationToken);
            if (result.ExitCode != 0) throw PgBackRestWords.Describe("repository-unavailable", "The repository of the backups could not be listed", result);
            using var files = JsonDocument.Parse(result.Output);
            size += files.RootElement.EnumerateObject().Sum(file => file.Value.TryGetProperty("size", out var bytes) ? bytes.GetInt64() : 0);
        }

        return size;
    }

    /// <summary>The cluster must run.</summary>
    public async Task CreateStanzaAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), Arguments(id, "stanza-create"), cancellationToken);
        if (result.ExitCode != 0) throw PgBackRestWords.Describe("repository-unavailable", "The repository could not be made ready for this database", result);
    }

    /// <summary>Takes one. Cancelling leaves it running: a later call waits for it.</summary>
    public async Task BackUpAsync(DatabaseId id, BackupRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await BackUpAsync(id, request, request.Type, cancellationToken);
        }
        catch (ClusterFailureException refused) when (refused.Code == PgBackRestWords.ClockBehind)
        {
            // Names begin with the full backup's time: what builds on one of the future, or does not, may be named later than the newest.
            var other = request.Type switch { BackupType.Full => BackupType.Incremental, BackupType.Incremental => BackupType.Full };
            await BackUpAsync(id, request, other, cancellationToken);
        }
    }

    /// <summary>
    /// Removes all but the newest full backups, what builds on those that go, and the changes before those that stay. Who reads them is not
    /// asked: <see cref="Expiry"/> sees to that.
    /// </summary>
    public async Task ExpireAsync(DatabaseId id, int fullsKept, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(
            program.Find(), Arguments(id, "expire", string.Create(CultureInfo.InvariantCulture, $"--repo1-retention-full={fullsKept}")), cancellationToken, patience: CopyPatience);
        if (result.ExitCode != 0) throw PgBackRestWords.Describe("expiry-failed", "Backups that are too old could not be removed", result);
    }

    public async Task WaitForExpiryAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        while (Find(id, "expire").Count > 0) await Task.Delay(Step, time, cancellationToken);
    }

    /// <summary>Until no backup of it is being taken by anyone. One of a killed server that takes as long as no backup does is ended.</summary>
    public async Task WaitForBackupAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (Running().Count > 0)
        {
            if (time.GetElapsedTime(begun) > CopyPatience) await EndAsync(Running, cancellationToken);
            else await Task.Delay(Step, time, cancellationToken);
        }

        IReadOnlyList<int> Running() => [.. Find(id, "backup"), .. Find(id, "expire"), .. Find(id, "stanza-create")];
    }

    /// <summary>Copies a backup to an empty directory, every file checked against its checksum.</summary>
    public async Task RestoreAsync(DatabaseId source, string set, string pgdata, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(
            program.Find(),
            Arguments(source, "restore", $"--set={set}", "--type=none", "--archive-mode=off", $"--pg1-path={pgdata}"),
            cancellationToken,
            patience: CopyPatience);
        if (result.ExitCode != 0) throw PgBackRestWords.Describe("restore-failed", $"Backup {set} of {source} could not be restored", result);
    }

    /// <summary>Ends what still restores to that directory for a server that was killed.</summary>
    public Task EndRestoreAsync(string pgdata, CancellationToken cancellationToken) =>
        EndAsync(() => Directory.Exists(pgdata) ? ProcessTable.FindWithArguments(Name, pgdata, $"--pg1-path={pgdata}") : [], cancellationToken);

    /// <summary>What PostgreSQL runs to get a file of changes back.</summary>
    public string FetchCommand(DatabaseId source, string pgdata) =>
        $"\"{program.Find()}\" \"--config={places.SettingsFile(source)}\" --stanza={source} \"--pg1-path={pgdata}\" archive-get %f \"%p\"";

    /// <summary>Archives one complete file of changes; one that is there already is no mistake.</summary>
    public async Task PushAsync(DatabaseId id, string walFile, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), [$"--config={places.SettingsFile(id)}", $"--stanza={id}", BriefTimeout, "archive-push", walFile], cancellationToken, patience: FilePatience);
        if (result.ExitCode != 0) throw PgBackRestWords.Describe("archiving-failing", "Changes could not be archived", result);
    }

    /// <summary>Removes every backup and every change of a database. The repository knows it no more.</summary>
    public async Task PurgeAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await EndAsync(() => File.Exists(places.SettingsFile(id)) ? ProcessTable.FindWithArguments(Name, places.SettingsFile(id), $"--config={places.SettingsFile(id)}") : [], cancellationToken);
        foreach (var command in new[] { new[] { "stop" }, ["stanza-delete", "--force"] })
        {
            var result = await tools.TryAsync(program.Find(), Arguments(id, command), cancellationToken, patience: CopyPatience);
            if (result.ExitCode != 0) throw PgBackRestWords.Describe("purge-failed", "The backups could not be removed", result);
        }
    }

    /// <summary>Leaves in the repository that a database's backups are being removed from it.</summary>
    public Task MarkPurgeAsync(DatabaseId id, CancellationToken cancellationToken) => PutAsync(PurgeMark(id), "purging\n", cancellationToken);

    public Task<bool> IsPurgeMarkedAsync(DatabaseId id, CancellationToken cancellationToken) => HasAsync(PurgeMark(id), cancellationToken);

    /// <summary>Removes that mark, should it be there.</summary>
    public async Task UnmarkPurgeAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), [$"--config={places.ProbeSettingsFile}", "repo-rm", PurgeMark(id)], cancellationToken);
        if (result.ExitCode != 0) throw PgBackRestWords.Unavailable(result.Errors + "\n" + result.Output);
    }

    /// <summary>Writes a small file to the repository. Throws when that does not work.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        PutAsync("daap-probe", $"OrleansDaap looked at {time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)}\n", cancellationToken);

    /// <summary>Writes a file of no database to the repository.</summary>
    public async Task PutAsync(string name, string text, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), [$"--config={places.ProbeSettingsFile}", "repo-put", name], cancellationToken, text, FilePatience);
        if (result.ExitCode != 0) throw PgBackRestWords.Unavailable(result.Errors + "\n" + result.Output);
    }

    public async Task<bool> HasAsync(string name, CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), [$"--config={places.ProbeSettingsFile}", "--ignore-missing", "repo-get", name], cancellationToken, patience: FilePatience);
        const int missing = 1;
        return result.ExitCode is 0 or missing ? result.ExitCode == 0 : throw PgBackRestWords.Unavailable(result.Errors + "\n" + result.Output);
    }

    /// <summary>The ids of those that have archived anything to the repository.</summary>
    public async Task<IReadOnlyList<string>> ListDatabasesAsync(CancellationToken cancellationToken)
    {
        var result = await tools.TryAsync(program.Find(), [$"--config={places.ProbeSettingsFile}", "repo-ls", "archive"], cancellationToken);
        return result.ExitCode == 0 ? result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : throw PgBackRestWords.Unavailable(result.Errors + "\n" + result.Output);
    }

    private static string PurgeMark(DatabaseId id) => $"daap-purging-{id}";

    private async Task BackUpAsync(DatabaseId id, BackupRequest request, BackupType wanted, CancellationToken cancellationToken)
    {
        var type = wanted switch { BackupType.Full => "full", BackupType.Incremental => "incr" };
        var running = tools.TryAsync(
            program.Find(), Arguments(id, "backup", "--no-expire-auto", $"--type={type}", $"--annotation={RepositoryInfo.RequestKey}={request.Id}"), CancellationToken.None, patience: CopyPatience);
        var result = await running.WaitAsync(cancellationToken);
        if (result.ExitCode != 0) throw PgBackRestWords.Describe("backup-failed", "The backup failed", result);
    }

    private async Task EndAsync(Func<IReadOnlyList<int>> find, CancellationToken cancellationToken)
    {
        while (find() is { Count: > 0 } left)
        {
            foreach (var pid in left) Files.Posix.Signal(pid, Files.Posix.Kill);
            await Task.Delay(Step, time, cancellationToken);
        }
    }

    private IReadOnlyList<int> Find(DatabaseId id, string command) =>
        ProcessTable.FindWithArguments(Name, places.SettingsFile(id), $"--config={places.SettingsFile(id)}", command);

    private string[] Arguments(DatabaseId id, params string[] command) => [$"--config={places.SettingsFile(id)}", $"--stanza={id}", .. command];
}
