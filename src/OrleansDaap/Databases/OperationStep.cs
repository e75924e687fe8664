namespace OrleansDaap.Databases;

/// <summary>One named part of an operation.</summary>
[GenerateSerializer, Immutable, Alias("daap.operation-step")]
public sealed record OperationStep(
    [property: Id(0)] string Name,
    [property: Id(1)] OperationStatus Status,
    [property: Id(2)] DateTimeOffset? StartedAt,
    [property: Id(3)] DateTimeOffset? FinishedAt);
