using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>Answers for the databases that the operator double runs.</summary>
internal sealed class TestLine(TestOperator @operator, TimeProvider time) : IDatabaseLine
{
    public Task<bool> AcceptsAsync(string host, CancellationToken cancellationToken) => Task.FromResult(@operator.Accepts(host));

    public Task<bool> AnswersAsync(DatabaseAddress address, CancellationToken cancellationToken) => Task.FromResult(@operator.Answers(address));

    public Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PostgresExtension>?>(
            @operator.Answers(address) ? [new PostgresExtension("pgaudit", "17.0"), new PostgresExtension("plpgsql", "1.0")] : null);

    public Task<DateTimeOffset?> MarkAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        Task.FromResult<DateTimeOffset?>(@operator.Answers(address) ? time.GetUtcNow() : null);
}
