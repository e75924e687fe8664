using OrleansDaap.Common;
using OrleansDaap.Databases;

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
        return Save(new DatabaseState
        {
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
