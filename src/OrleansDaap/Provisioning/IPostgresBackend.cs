using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>
/// Where clusters run. Level-triggered: every method may be called again after any crash, in any order, and brings or shows
/// what is wanted rather than what changed. A failure of a cluster is an observation; only a backend
/// that cannot be reached throws, and then a <see cref="BackendUnavailableException"/>.
/// </summary>
public interface IPostgresBackend
{
    /// <summary>The PostgreSQL majors that a new cluster can have, ascending.</summary>
    Task<IReadOnlyList<int>> ListPostgresVersionsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes the spec as the wanted state of its cluster and returns at once; the work goes on behind it and is told by
    /// <see cref="WatchAsync"/>. A spec of an older generation than the last one is ignored; the same one again tries again what failed.
    /// </summary>
    Task ApplyAsync(ClusterSpec spec, CancellationToken cancellationToken);

    /// <summary>What is there now. A cluster that nobody ever applied is <see cref="ClusterPhase.Absent"/>.</summary>
    Task<ClusterObservation> ObserveAsync(DatabaseId id, CancellationToken cancellationToken);

    /// <summary>
    /// Wants the cluster and everything of it gone, credentials and files included, and returns at once; it is gone when it is
    /// observed <see cref="ClusterPhase.Absent"/>. Destroying what is not there is done at once.
    /// </summary>
    /// <param name="id">Whose cluster.</param>
    /// <param name="keepBackups">
    /// False: its backups are gone too when it is observed absent without <see cref="ClusterObservation.Backups"/>; absent with them and a
    /// reason, it says why they cannot be removed. True: they stay, to restore from, until it is destroyed without them.
    /// </param>
    /// <param name="cancellationToken">Ends the call, not the removal.</param>
    Task DestroyAsync(DatabaseId id, bool keepBackups, CancellationToken cancellationToken);

    /// <summary>
    /// Wants a backup of a cluster that was applied with one and is ready, and returns at once; one at a time is taken of a cluster.
    /// <see cref="BackupObservation.LastEnded"/> tells when it has ended. Asking for one that was taken already takes none.
    /// </summary>
    Task BackUpAsync(DatabaseId id, BackupRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Wants none of a database's backups removed for its age, or that again. Returns when none is being removed: what is seen of them after that
    /// stays. Backends forget it when they restart, and remove none before they took another: who wants it says it again before each backup.
    /// Where something else removes them it has no effect.
    /// </summary>
    Task KeepBackupsAsync(DatabaseId id, bool keep, CancellationToken cancellationToken);

    /// <summary>The backups that lie in the repository and the one that is being taken, newest first; also of a cluster that is gone.</summary>
    /// <exception cref="BackendUnavailableException">
    /// What lies there is not known, for the reason that it says: the same as <see cref="BackupObservation.Unknown"/>.
    /// </exception>
    Task<IReadOnlyList<Backup>> ListBackupsAsync(DatabaseId id, CancellationToken cancellationToken);

    /// <summary>
    /// Wants the newest backup restored to a scratch cluster, compared with its source and thrown away, and returns at once. The source's
    /// endpoint is not touched. <see cref="BackupObservation.LastDrill"/> tells what came of it.
    /// </summary>
    /// <param name="id">Whose backup.</param>
    /// <param name="drill">Names the drill; asking again for the one that runs or ran last does nothing.</param>
    /// <param name="cancellationToken">Ends the call, not the drill.</param>
    Task DrillAsync(DatabaseId id, string drill, CancellationToken cancellationToken);

    /// <summary>
    /// First every cluster that exists or left backups, then each one whose observation changed, until cancelled. Events may be merged or
    /// repeated, never lost: they say "look again", no more.
    /// </summary>
    IAsyncEnumerable<DatabaseId> WatchAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The extensions of its database <c>app</c>, by name; null when they cannot be read now, which says nothing about the cluster: it does not
    /// run, or is too busy to answer soon.
    /// </summary>
    Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseId id, CancellationToken cancellationToken);

    /// <summary>Throws with a message for people when the backend cannot work; for <c>/health</c>.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
