using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>One piece of long work on a database, with its steps in order.</summary>
[GenerateSerializer, Immutable, Alias("daap.operation")]
public sealed record Operation
{
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required OperationKind Kind { get; init; }

    [Id(2)]
    public required OperationStatus Status { get; init; }

    [Id(3)]
    public required IReadOnlyList<OperationStep> Steps { get; init; }

    [Id(4)]
    public required DateTimeOffset StartedAt { get; init; }

    [Id(5)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed, or what stands in its way while it is tried again.</summary>
    [Id(6)]
    public StatusReason? Error { get; init; }
}
