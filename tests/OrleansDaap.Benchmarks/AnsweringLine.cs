using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Benchmarks;

/// <summary>Answers for every database at once.</summary>
internal sealed class AnsweringLine : IDatabaseLine
{
    private static readonly IReadOnlyList<PostgresExtension> Extensions = [new("plpgsql", "1.0")];

    public Task<bool> AcceptsAsync(string host, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<bool> AnswersAsync(DatabaseAddress address, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PostgresExtension>?>(Extensions);

    public Task<DateTimeOffset?> MarkAsync(DatabaseAddress address, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);
}
