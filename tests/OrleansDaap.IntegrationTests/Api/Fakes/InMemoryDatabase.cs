using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

/// <summary>Keeps what it is told, and does no work.</summary>
internal sealed class InMemoryDatabase(InMemoryPlatform platform, string id) : IDatabaseGrain
{
    public Task<DatabaseState> CreateAsync(NewDatabase request, AuditEntry? entry)
    {
        platform.Before("create-database");
        if (!platform.Tiers.TryGetValue(request.Tier, out var tier))
            throw ProblemException.Invalid("tier", "is no tier");
        var parsed = new DatabaseId(id);
        if (platform.Databases.TryGetValue(id, out var known))
            return Task.FromResult(known);
        if (request.Recovery is { } recovery && recovery.TargetTime > InMemoryPlatform.Now)
            throw new ProblemException(ProblemCode.RestoreTargetOutOfRange, "It is yet to come.") { Earliest = tier.CreatedAt, Latest = InMemoryPlatform.Now };
        return Save(new DatabaseState
        {
            RestoredFrom = request.Recovery,
            Id = parsed,
            Name = request.Name,
            OwnerTeam = request.OwnerTeam,
            Purpose = request.Purpose,
            Tier = tier,
            DeletionProtection = request.DeletionProtection,
            CreatedAt = InMemoryPlatform.Now,
            UpdatedAt = InMemoryPlatform.Now,
            Operations = [Work(parsed, 1, OperationKind.Create)],
            OperationCount = 1,
        }, entry);
    }

    public Task<DatabaseState?> GetAsync()
    {
        platform.Before("get-database");
        return Task.FromResult(platform.Databases.GetValueOrDefault(id));
    }

    public Task<DatabaseState> ChangeAsync(DatabaseChange change, IfMatch? condition, AuditEntry? entry)
    {
        var database = platform.Databases[id];
        condition?.Demand(database.ETag);
        var next = database with
        {
            OwnerTeam = change.OwnerTeam ?? database.OwnerTeam,
            Purpose = change.Purpose ?? database.Purpose,
            DeletionProtection = change.DeletionProtection ?? database.DeletionProtection,
        };
        return next == database ? Task.FromResult(database) : Save(next, entry);
    }

    public Task<DatabaseState> DestroyAsync(bool hard, IfMatch? condition, AuditEntry? entry)
    {
        platform.Before("delete-database");
        var database = platform.Databases[id];
        condition?.Demand(database.ETag);
        if (database.DeletionProtection)
            throw new ProblemException(ProblemCode.DeletionProtected, "Take its protection away first.");
        if (database.Status is DatabaseStatus.Frozen && !hard)
            return Task.FromResult(database);
        return Save(Begin(database, hard ? OperationKind.HardDelete : OperationKind.Freeze) with
        {
            Status = hard ? DatabaseStatus.Deleted : DatabaseStatus.Frozen,
        }, entry);
    }

    public Task<DatabaseState> UnfreezeAsync(AuditEntry? entry)
    {
        var database = platform.Databases[id];
        return database.Status == DatabaseStatus.Frozen
            ? Save(Begin(database, OperationKind.Unfreeze) with { Status = DatabaseStatus.Provisioning }, entry)
            : throw new ProblemException(ProblemCode.InvalidState, "It is not frozen.") { CurrentStatus = WireName.Of(database.Status) };
    }

    public Task<DatabaseState> BackUpAsync(BackupRequest request, AuditEntry? entry)
    {
        var database = platform.Databases[id];
        if (database.Tier.Spec.Backup is null)
            throw new ProblemException(ProblemCode.BackupNotConfigured, "Its tier takes no backups.");
        var backups = database.Backups ?? new BackupState();
        return Save(database with { Backups = backups with { Queue = [.. backups.Queue, new(request, BackupCause.OnDemand, InMemoryPlatform.Now)] } }, entry);
    }

    public Task<DatabaseState> PrepareRestoreAsync(DatabaseId restore, DateTimeOffset target) => Task.FromResult(platform.Databases[id]);

    public Task ForgetRestoreAsync(DatabaseId restore) => Task.CompletedTask;

    public Task<DatabaseState> MoveAsync(string tier, AuditEntry? entry)
    {
        var database = platform.Databases[id];
        if (!platform.Tiers.TryGetValue(tier, out var target))
            throw ProblemException.Invalid("tier", "is no tier");
        return target.Id == database.Tier.Id && target.Revision == database.Tier.Revision
            ? Task.FromResult(database)
            : Save(Begin(database, OperationKind.MoveTier) with { Tier = target }, entry);
    }

    public Task ReconcileAsync() => Task.CompletedTask;

    public Task RemindAsync() => Task.CompletedTask;

    private static DatabaseState Begin(DatabaseState database, OperationKind kind) => database with
    {
        Operations = [.. database.Operations, Work(database.Id, database.OperationCount + 1, kind)],
        OperationCount = database.OperationCount + 1,
    };

    private static Operation Work(DatabaseId database, int number, OperationKind kind) => new()
    {
        Id = OperationId.Of(database, number),
        Kind = kind,
        Status = OperationStatus.Running,
        Steps = [new OperationStep("apply", OperationStatus.Running, InMemoryPlatform.Now, null)],
        StartedAt = InMemoryPlatform.Now,
    };

    private async Task<DatabaseState> Save(DatabaseState database, AuditEntry? entry)
    {
        await platform.AppendWithChangeAsync(entry);
        return (platform.Databases[id] = database with { ETag = platform.NextVersion() }) with { Audit = entry };
    }
}
