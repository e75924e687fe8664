namespace OrleansDaap.Databases;

/// <summary>How far the archive of a database has come: a last backup, the proof that it restores, the removal of the cluster.</summary>
[GenerateSerializer, Immutable, Alias("daap.archive-state")]
public sealed record ArchiveState
{
    /// <summary>The last backup; null until it was asked for.</summary>
    [Id(0)]
    public string? Backup { get; init; }

    /// <summary>The drill that is to prove it; null until it was asked for.</summary>
    [Id(1)]
    public string? Drill { get; init; }

    /// <summary>When the proof was there, from which on the cluster may go.</summary>
    [Id(2)]
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>When the backups go too; null until the cluster has gone.</summary>
    [Id(3)]
    public DateTimeOffset? PurgeAt { get; init; }

    /// <summary>When a look first found that moment past; null while it is to come.</summary>
    [Id(4)]
    public DateTimeOffset? OverSince { get; init; }
}
