using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;

namespace OrleansDaap.Databases;

/// <summary>What a request makes of a database's state, or why it is refused. Pure.</summary>
internal static class DatabaseRequests
{
    public static DatabaseState Create(DatabaseId id, NewDatabase request, TierState tier, DateTimeOffset now) => OperationLog.Begin(
        new DatabaseState
        {
            Id = id,
            Name = request.Name,
            OwnerTeam = request.OwnerTeam,
            Purpose = request.Purpose,
            Tier = tier with { ETag = null },
            DeletionProtection = request.DeletionProtection,
            RestoredFrom = request.Recovery,
            Wanted = WantedCluster.Running,
            Generation = 1,
            WantedSince = now,
            Status = DatabaseStatus.Provisioning,
            CreatedAt = now,
            UpdatedAt = now,
        },
        request.Recovery is null ? OperationKind.Create : OperationKind.Restore,
        now);

    public static DatabaseState Change(DatabaseState state, DatabaseChange change, DateTimeOffset now)
    {
        if (state.Wanted == WantedCluster.Gone)
        {
            throw Refused(state, "A database that is deleted, or being deleted, cannot be changed.");
        }

        var next = state with
        {
            OwnerTeam = change.OwnerTeam ?? state.OwnerTeam,
            Purpose = change.Purpose ?? state.Purpose,
            DeletionProtection = change.DeletionProtection ?? state.DeletionProtection,
        };
        if (next == state)
        {
            return state;
        }

        // The backend lets the owner's namespaces in, so a new owner is a new generation of the cluster.
        return next.OwnerTeam == state.OwnerTeam || state.Archive?.PurgeAt is not null
            ? next.ChangedAt(now)
            : Want(next, next.Wanted, now);
    }

    public static DatabaseState Destroy(DatabaseState state, bool hard, DateTimeOffset now)
    {
        var wanted = Wanted(state, hard);
        if (state.Wanted is WantedCluster.Gone || state.Wanted == wanted)
        {
            return state;
        }

        if (state.DeletionProtection)
        {
            throw new ProblemException(
                ProblemCode.DeletionProtected, $"The database {state.Name} is protected from deletion; set deletion_protection to false first.");
        }

        return wanted switch
        {
            WantedCluster.Running => state,
            WantedCluster.Frozen => OperationLog.Begin(
                Want(state, wanted, now) with { Backups = state.Backups is { } backups ? BackupPlan.Interrupted(backups, now) : null }, OperationKind.Freeze, now),
            WantedCluster.Gone => OperationLog.Begin(
                Want(state, wanted, now) with { Backups = state.Backups is { } backups ? BackupPlan.Abandoned(backups, now) : null }, OperationKind.HardDelete, now),
            WantedCluster.Archived => OperationLog.Begin(
                Want(state, wanted, now) with { Archive = new ArchiveState(), Observed = state.Observed is { } seen ? seen with { Endpoint = null } : null },
                OperationKind.Archive,
                now),
        };
    }

    /// <summary>Puts a backup at the end of the queue; one that is there already is not put there twice.</summary>
    public static DatabaseState BackUp(DatabaseState state, BackupRequest request, DateTimeOffset now)
    {
        if (state.Tier.Spec.Backup is null)
        {
            throw new ProblemException(ProblemCode.BackupNotConfigured, $"The tier {state.Tier.Id} takes no backups.");
        }

        if (state is not { Status: DatabaseStatus.Ready, Wanted: WantedCluster.Running })
        {
            throw Refused(state, "Only a database that is ready can be backed up.");
        }

        var backups = state.Backups ?? new BackupState();
        if (backups.Queue.Any(queued => queued.Request.Id == request.Id) || backups.Failed.Concat(backups.Succeeded).Any(ended => ended.Id == request.Id))
        {
            return state;
        }

        return backups.Queue.Count < BackupPlan.MostQueued
            ? state.ChangedAt(now) with { Backups = BackupPlan.Asked(backups, request, BackupCause.OnDemand, now) }
            : throw Refused(state, $"{BackupPlan.MostQueued} backups of this database wait for their turn already.");
    }

    public static DatabaseState Unfreeze(DatabaseState state, DateTimeOffset now) =>
        state is { Status: DatabaseStatus.Frozen, Wanted: WantedCluster.Frozen }
            ? OperationLog.Begin(Want(state, WantedCluster.Running, now) with { Status = DatabaseStatus.Provisioning }, OperationKind.Unfreeze, now)
            : throw Refused(state, "Only a frozen database can be unfrozen.");

    /// <summary>
    /// The tier's cluster is wanted from now on, and what the present tier's quota holds is kept until it is there. One that failed to get
    /// somewhere may be moved too: that is what heals it, or takes it back.
    /// </summary>
    public static DatabaseState Move(DatabaseState state, TierState tier, DateTimeOffset now)
    {
        if (state.Wanted != WantedCluster.Running || state.Status is not (DatabaseStatus.Ready or DatabaseStatus.Error))
        {
            throw Refused(state, "Only a database that is ready, or failed on its way there, can be moved to another tier.");
        }

        if (tier.Id == state.Tier.Id && tier.Revision == state.Tier.Revision)
        {
            return state;
        }

        if (TierMove.Mistakes(state.Tier.Spec, tier) is { Count: > 0 } mistakes)
        {
            throw ProblemException.Invalid(new Dictionary<string, string[]> { ["tier"] = [.. mistakes] });
        }

        var moving = Want(state, WantedCluster.Running, now) with
        {
            Tier = tier with { ETag = null },
            Backups = state.Backups is { } backups ? Moved(backups, state.Tier.Spec, tier.Spec, now) : null,
            MovingFrom = [.. state.MovingFrom.Append(state.Tier.Id).Distinct(StringComparer.Ordinal)],
        };
        return OperationLog.Begin(moving, OperationKind.MoveTier, now);
    }

    // What was not archived in between is in no backup: a new chain begins at once, with a full one.
    private static BackupState Moved(BackupState backups, TierSpec from, TierSpec to, DateTimeOffset now) =>
        to.Backup is null ? BackupPlan.Abandoned(backups, now)
        : from.Backup is null ? backups with { ScheduledUpTo = null, LastFullAt = null }
        : backups;

    private static WantedCluster Wanted(DatabaseState state, bool hard)
    {
        if (hard)
        {
            return WantedCluster.Gone;
        }

        return state.Tier.Spec.DestructionStrategy switch
        {
            // Half a restore holds nothing that its source does not, and frozen it could not count on finding the rest there.
            DestructionStrategy.Freeze => state is { ReadyAt: null, RestoredFrom: not null } ? WantedCluster.Gone : WantedCluster.Frozen,
            DestructionStrategy.Hard => WantedCluster.Gone,

            // One that never served holds nothing that could be kept.
            DestructionStrategy.Archive => state.ReadyAt is null ? WantedCluster.Gone : WantedCluster.Archived,
        };
    }

    private static DatabaseState Want(DatabaseState state, WantedCluster wanted, DateTimeOffset now) => state.ChangedAt(now) with
    {
        Wanted = wanted,
        Generation = state.Generation + 1,
        WantedSince = now,
        Settled = false,
        Failures = 0,
        FailingSince = null,
        RetryAt = null,
    };

    private static ProblemException Refused(DatabaseState state, string detail) =>
        new(ProblemCode.InvalidState, detail) { CurrentStatus = WireName.Of(state.Status) };
}
