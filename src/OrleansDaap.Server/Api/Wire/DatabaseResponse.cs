using System.Globalization;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A database as its team sees it.</summary>
internal sealed record DatabaseResponse
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string OwnerTeam { get; init; }

    public required string Purpose { get; init; }

    public required string Tier { get; init; }

    /// <summary>The revision of the tier that the database was made with, or last moved to.</summary>
    public required int TierRevision { get; init; }

    public required DatabaseStatus Status { get; init; }

    /// <summary>Given whenever the database is not simply fine.</summary>
    public required StatusReason? StatusReason { get; init; }

    /// <summary>The full version once it is known, until then the major one.</summary>
    public required string PostgresVersion { get; init; }

    public required DestructionStrategy DestructionStrategy { get; init; }

    public required bool DeletionProtection { get; init; }

    /// <summary>Null unless the database is ready.</summary>
    public required ConnectionResponse? Connection { get; init; }

    public required DatabaseBackupResponse Backup { get; init; }

    /// <summary>As last seen; a database that does not serve keeps them.</summary>
    public required IReadOnlyList<ExtensionResponse> Extensions { get; init; }

    /// <summary>When they were last recorded as seen so, which is at any change, and at longer intervals while nothing changes; null when never.</summary>
    public required DateTimeOffset? ExtensionsObservedAt { get; init; }

    public required RestoredFromResponse? RestoredFrom { get; init; }

    /// <summary>The latest operation's id.</summary>
    public required string? Operation { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? ReadyAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset? DeletedAt { get; init; }

    public static DatabaseResponse Of(DatabaseState database, DateTimeOffset now) => new()
    {
        Id = database.Id.Value,
        Name = database.Name,
        OwnerTeam = database.OwnerTeam,
        Purpose = database.Purpose,
        Tier = database.Tier.Id,
        TierRevision = database.Tier.Revision,
        Status = database.Status,
        StatusReason = database.StatusReason,
        PostgresVersion =
            database.Observed?.PostgresVersion ?? database.Tier.Spec.PostgresVersion.ToString(CultureInfo.InvariantCulture),
        DestructionStrategy = database.Tier.Spec.DestructionStrategy,
        DeletionProtection = database.DeletionProtection,
        Connection = database is { Status: DatabaseStatus.Ready, Observed.Endpoint: { } endpoint } ? ConnectionResponse.Of(endpoint) : null,
        Backup = DatabaseBackupResponse.Of(database, now),
        Extensions = [.. database.Extensions.Select(extension => new ExtensionResponse(extension.Name, extension.Version))],
        ExtensionsObservedAt = database.ExtensionsObservedAt,
        RestoredFrom = database.RestoredFrom is { } source ? RestoredFromResponse.Of(source) : null,
        Operation = database.Operations.Count > 0 ? database.Operations[^1].Id : null,
        CreatedAt = database.CreatedAt,
        ReadyAt = database.ReadyAt,
        UpdatedAt = database.UpdatedAt,
        DeletedAt = database.DeletedAt,
    };
}
