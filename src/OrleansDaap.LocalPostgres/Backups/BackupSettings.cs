using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Writes pgBackRest's settings, which hold all its secrets: none is ever in a command line.</summary>
internal sealed class BackupSettings(
    BackupPlaces places, ClusterPlaces clusters, DataDirectory data, OwnedFiles files, IOptions<BackupOptions> options, PgBackRestProgram program, TimeProvider time)
{
    /// <summary>285 bits.</summary>
    private const int PassphraseLength = 48;
    private const string PassphraseKey = "repo1-cipher-pass=";
    private const string PassphraseLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly TimeSpan DirectoryPatience = TimeSpan.FromSeconds(10);

    private Task<bool> _exists = Task.FromResult(true);

    /// <summary>The code of a failure that is over when the right passphrase is back.</summary>
    public const string PassphraseWrong = "passphrase-wrong";

    public TimeSpan ArchiveTimeout => options.Value.ArchiveEvery;

    /// <summary>Null for a repository that is no directory.</summary>
    public string? RepositoryDirectory => options.Value.Repository == BackupOptions.Directory ? options.Value.Path ?? Path.Combine(data.Tools, "backups") : null;

    /// <summary>How the PostgreSQL of that cluster archives. A quarter of the time that is promised is left to send a file, or to notice that this fails.</summary>
    public Archiving Archiving(DatabaseId id) => new(
        $"\"{program.Find()}\" \"--config={places.SettingsFile(id)}\" --stanza={id} archive-push \"%p\"", ArchiveTimeout * 0.75);

    /// <summary>Makes what the database's backups need on this machine, and brings it to today's settings; the repository is not touched.</summary>
    /// <param name="id">Whose backups.</param>
    /// <param name="cluster">Null: it is gone or unreadable, and its backups are only read.</param>
    public void Ensure(DatabaseId id, ClusterRecord? cluster)
    {
        EnsureRepositoryDirectory();
        // First, as it goes last: a passphrase without it would be nobody's.
        files.MakeDirectory(places.DirectoryOf(id), FileModes.PrivateDirectory, FileOwner.Tools);
        var passphrase = EnsurePassphrase(id);
        files.MakeDirectory(places.Locks(id), FileModes.PrivateDirectory, FileOwner.Tools);
        files.Write(places.SettingsFile(id), Text(id, passphrase, cluster), FileModes.PrivateFile, FileOwner.Tools);
    }

    public void EnsureProbe()
    {
        files.MakeDirectory(places.ProbeLocks, FileModes.PrivateDirectory, FileOwner.Tools);
        files.Write(places.ProbeSettingsFile, Repository(places.ProbeLocks) + "io-timeout=5\n", FileModes.PrivateFile, FileOwner.Tools);
    }

    /// <summary>Throws when the repository's directory is not there: pgBackRest would make it where a disk is not mounted, or find nothing to remove.</summary>
    public async Task CheckRepositoryDirectoryAsync(CancellationToken cancellationToken)
    {
        if (RepositoryDirectory is not { } directory) return;
        // A disk in the network that is gone never answers, and whoever asks it again waits with whoever has.
        if (_exists.IsCompleted) _exists = Task.Run(() => Directory.Exists(directory), CancellationToken.None);
        try
        {
            if (await _exists.WaitAsync(DirectoryPatience, time, cancellationToken)) return;
        }
        catch (TimeoutException)
        {
            throw new ClusterFailureException("repository-unavailable", $"The repository of the backups, {directory}, does not answer. Does its disk?");
        }

        throw new ClusterFailureException("repository-unavailable", $"The repository of the backups, {directory}, is not there. Is its disk mounted?");
    }

    private string Text(DatabaseId id, string passphrase, ClusterRecord? cluster) => Repository(places.Locks(id)) + $"""
        repo1-cipher-type=aes-256-cbc
        {PassphraseKey}{passphrase}
        repo1-retention-full=9999999
        repo1-bundle=y
        compress-type=zst
        start-fast=y
        job-retry-interval=1
        process-max=1

        [{id}]
        pg1-path={clusters.Pgdata(id)}
        pg1-socket-path={data.Sockets}
        pg1-port={(cluster?.Port ?? 1).ToString(CultureInfo.InvariantCulture)}
        pg1-user={TemplateRecipe.Superuser}

        """;

    private string Repository(string locks) => $"""
        # Written by OrleansDaap; changes made here are lost.
        [global]
        lock-path={locks}
        log-level-file=off
        log-level-console=warn
        {(RepositoryDirectory is { } directory ? $"repo1-type=posix\nrepo1-path={directory}" : S3(options.Value.S3Repository))}

        """;

    private string S3(S3Options s3) => $"""
        repo1-type=s3
        repo1-path={options.Value.Path ?? "/"}
        repo1-s3-bucket={s3.Bucket}
        repo1-s3-endpoint={s3.Endpoint}
        repo1-s3-region={s3.Region}
        repo1-s3-key={s3.KeyId}
        repo1-s3-key-secret={s3.Secret()}
        repo1-s3-uri-style={(bool.Parse(s3.PathStyle) ? "path" : "host")}
        repo1-storage-verify-tls={(bool.Parse(s3.VerifyTls) ? "y" : "n")}
        """ + (s3.CaFile is { } ca ? $"\nrepo1-storage-ca-file={ca}" : "");

    // Only before there is any backup: later on, a directory that is missing is a disk that is not mounted, and must not be made in its place.
    private void EnsureRepositoryDirectory()
    {
        if (RepositoryDirectory is { } directory && places.List().Count == 0 && !Directory.Exists(directory))
            files.MakeDirectory(directory, FileModes.PrivateDirectory, FileOwner.Tools);
    }

    /// <summary>Throws when the passphrase is not there, or not the one that this database's backups are encrypted with: nobody could read them once this machine is lost.</summary>
    public void CheckPassphrase(DatabaseId id)
    {
        var file = places.PassphraseFile(id);
        if (!File.Exists(file))
            throw new ClusterFailureException("passphrase-missing", $"The passphrase of this database's backups, {file}, is gone. Bring it back; nothing else can read them.");
        if (IsRight(id, File.ReadAllText(file))) return;
        throw new ClusterFailureException(
            PassphraseWrong, $"The passphrase in {file} is not the one that this database's backups are encrypted with. Bring that one back; nothing else can read them.");
    }

    /// <summary>Throws when pgBackRest has no settings for that database, for want of the passphrase.</summary>
    public void CheckWritten(DatabaseId id)
    {
        if (!File.Exists(places.SettingsFile(id))) CheckPassphrase(id);
    }

    // Where it is lost or overwritten, the one that is in use goes on being used and stays as it is: it may be the last that there is of it.
    // Another one would make what is there unreadable for ever.
    private string EnsurePassphrase(DatabaseId id)
    {
        var (file, settings) = (places.PassphraseFile(id), places.SettingsFile(id));
        if (File.Exists(settings) && PassphraseIn(File.ReadLines(settings)) is { } used && IsRight(id, used)) return used;
        if (File.Exists(places.PassphraseMark(id)) || File.Exists(places.MadeMark(id)) || File.Exists(file))
        {
            CheckPassphrase(id);
            return File.ReadAllText(file);
        }

        var made = RandomNumberGenerator.GetString(PassphraseLetters, PassphraseLength);
        files.Write(file, made, FileModes.PrivateFile, FileOwner.Server);
        files.MakeDirectory(places.DirectoryOf(id), FileModes.PrivateDirectory, FileOwner.Tools);
        files.Write(places.PassphraseMark(id), Fingerprint(made), FileModes.PrivateFile, FileOwner.Server);
        return made;
    }

    // A server that was killed before it wrote the mark has used it for nothing yet.
    private bool IsRight(DatabaseId id, string passphrase) => passphrase.Length == PassphraseLength
        && (!File.Exists(places.PassphraseMark(id)) || File.ReadAllText(places.PassphraseMark(id)) == Fingerprint(passphrase));

    private static string? PassphraseIn(IEnumerable<string> settings) =>
        settings.Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith(PassphraseKey, StringComparison.Ordinal))?[PassphraseKey.Length..];

    private static string Fingerprint(string passphrase) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passphrase)));
}
