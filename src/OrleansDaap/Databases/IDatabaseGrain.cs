using Orleans.Concurrency;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>One database, named by its id.</summary>
[Alias("daap.IDatabaseGrain")]
public interface IDatabaseGrain : IGrainWithStringKey
{
    /// <summary>Accepts the database: its quota place, its record and its reminder are durable when this returns. The cluster follows.</summary>
    /// <exception cref="ProblemException">validation-failed for an unknown tier, quota-exceeded, name-taken.</exception>
    [Alias("create")]
    Task<DatabaseState> CreateAsync(NewDatabase request, AuditEntry? entry = null);

    /// <summary>The record as last saved; null when there is none. Answered also while the grain is at work.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<DatabaseState?> GetAsync();

    /// <exception cref="ProblemException">not-found; precondition-failed; name-taken in the new team; invalid-state once deleted.</exception>
    [Alias("change")]
    Task<DatabaseState> ChangeAsync(DatabaseChange change, IfMatch? condition = null, AuditEntry? entry = null);

    /// <summary>Accepts the destruction that the tier says, or a hard one. Repeating it changes nothing.</summary>
    /// <exception cref="ProblemException">not-found; precondition-failed; deletion-protected; backup-not-configured where the tier archives.</exception>
    [Alias("destroy")]
    Task<DatabaseState> DestroyAsync(bool hard, IfMatch? condition = null, AuditEntry? entry = null);

    /// <exception cref="ProblemException">not-found; invalid-state unless frozen.</exception>
    [Alias("unfreeze")]
    Task<DatabaseState> UnfreezeAsync(AuditEntry? entry = null);

    /// <summary>Accepts a backup, which is taken in its turn. Asking again by the same id accepts nothing more.</summary>
    /// <exception cref="ProblemException">not-found; backup-not-configured; invalid-state unless ready, or when too many wait already.</exception>
    [Alias("back-up")]
    Task<DatabaseState> BackUpAsync(BackupRequest request, AuditEntry? entry = null);

    /// <summary>
    /// The record of a database that can be restored to this moment. From now on it keeps its backups, until the new database is ready or
    /// undone, or was not accepted.
    /// </summary>
    /// <exception cref="ProblemException">not-found; backup-not-configured; restore-target-out-of-range; invalid-state once deleted.</exception>
    /// <exception cref="BackendUnavailableException">Its repository cannot be read, so that nobody knows.</exception>
    [Alias("hold-for-restore")]
    Task<DatabaseState> PrepareRestoreAsync(DatabaseId restore, DateTimeOffset target);

    /// <summary>The restore was refused after all: it keeps no backups. One that nobody tells of is found out.</summary>
    [Alias("forget-restore")]
    Task ForgetRestoreAsync(DatabaseId restore);

    /// <summary>
    /// Accepts the move to the tier as it stands now: the new place is reserved in its quota when this returns, and the old one is given back
    /// when the cluster has followed. A database that is there already is answered as it is.
    /// </summary>
    /// <exception cref="ProblemException">
    /// not-found; invalid-state unless ready or in error; validation-failed for an unknown tier or one that its data cannot follow; quota-exceeded.
    /// </exception>
    [Alias("move")]
    Task<DatabaseState> MoveAsync(string tier, AuditEntry? entry = null);

    /// <summary>Looks at the cluster and takes the next step. Called when something may have changed; calling it again is harmless.</summary>
    [Alias("reconcile")]
    Task ReconcileAsync();

    /// <summary>Registers the reminder anew that looks after the database; for one that lost it.</summary>
    [Alias("remind")]
    Task RemindAsync();
}
