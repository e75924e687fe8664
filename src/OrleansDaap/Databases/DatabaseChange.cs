namespace OrleansDaap.Databases;

/// <summary>A change of a database's description; null leaves a field as it is.</summary>
[GenerateSerializer, Immutable, Alias("daap.database-change")]
public sealed record DatabaseChange(
    [property: Id(0)] string? OwnerTeam, [property: Id(1)] string? Purpose, [property: Id(2)] bool? DeletionProtection);
