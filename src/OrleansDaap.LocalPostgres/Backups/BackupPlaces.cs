using System.Globalization;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// What lies on this machine for a database's backups beside the repository: pgBackRest's settings and locks, and the passphrase. It is
/// there from before the first change is archived until the last backup is purged.
/// </summary>
internal sealed class BackupPlaces(DataDirectory data)
{
    /// <summary>What <see cref="MadeMark"/> holds, in the end.</summary>
    public const string Made = "made\n";
    public const string Begun = "begun\n";

    public bool Exists(DatabaseId id) => Directory.Exists(data.PgBackRestOf(id));

    public IReadOnlyList<DatabaseId> List() =>
    [
        .. Directory.EnumerateDirectories(data.PgBackRest).Select(Path.GetFileName).Where(name => DatabaseId.TryParse(name, out _)).Order(StringComparer.Ordinal)
            .Select(name => new DatabaseId(name!)),
    ];

    public string DirectoryOf(DatabaseId id) => data.PgBackRestOf(id);

    public string SettingsFile(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "pgbackrest.conf");

    public string Locks(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "lock");

    /// <summary>Tells that the repository has known this database: should it not do so any more, it is another one or has lost it.</summary>
    public string MadeMark(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "made");

    public bool IsMade(DatabaseId id) => File.Exists(MadeMark(id)) && File.ReadAllText(MadeMark(id)) == Made;

    /// <summary>Up to when a cluster had archived that is gone, or archives no more.</summary>
    public string ArchivedMark(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "archived-up-to");

    /// <summary>Up to when one that archives had done so when it was last looked at, should it be lost with its data.</summary>
    public string NotedMark(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "archived-at-least-up-to");

    /// <summary>Since when a cluster archives again that did not for a while: no backup from before restores to a moment from then on, nor to one in between.</summary>
    public string ArchivingSinceMark(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "archiving-since");

    /// <summary>A hash of the passphrase that everything is encrypted with, which tells whether one that is brought back is it.</summary>
    public string PassphraseMark(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "passphrase.sha256");

    /// <summary>Which backups are too old, and since when; there while any are.</summary>
    public string OverdueFile(DatabaseId id) => Path.Combine(data.PgBackRestOf(id), "overdue");

    public string PassphraseFile(DatabaseId id) => data.PassphraseOf(id);

    /// <summary>The settings for the repository itself, of no database.</summary>
    public string ProbeSettingsFile => Path.Combine(data.PgBackRest, "probe.conf");

    public string ProbeLocks => Path.Combine(data.PgBackRest, "probe-lock");

    /// <summary>What such a mark holds; null without one.</summary>
    public static DateTimeOffset? Moment(string mark) =>
        File.Exists(mark) ? DateTimeOffset.Parse(File.ReadAllText(mark), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) : null;

    public static string Text(DateTimeOffset moment) => moment.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The directory goes last: as long as it is there, a server knows that there is something to remove.</summary>
    public void Remove(DatabaseId id)
    {
        File.Delete(data.PassphraseOf(id));
        File.Delete(data.PassphraseOf(id) + ".new");
        data.Remove(OwnedFiles.Half(data.PgBackRestOf(id)));
        data.Remove(data.PgBackRestOf(id));
    }
}
