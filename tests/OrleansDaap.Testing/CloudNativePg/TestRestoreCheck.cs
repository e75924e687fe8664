using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.RestoreDrills;
using OrleansDaap.Drills;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>Answers for the databases that the operator double runs, in drills.</summary>
internal sealed class TestRestoreCheck(TestOperator @operator, TimeProvider time) : IRestoreCheck
{
    public const string Wal = "000000010000000000000007";

    public Task<TakenSample> SampleAsync(DatabaseAddress source, CancellationToken cancellationToken) =>
        @operator.Accepts(source.Host) == (source.Certificate is null)
            ? Task.FromResult(new TakenSample(new SourceSample("4711", time.GetUtcNow(), []), Wal, null))
            : throw new TimeoutException("It lets nobody in this way.");

    public Task<bool> HasArchivedAsync(DatabaseAddress source, string wal, CancellationToken cancellationToken) => Task.FromResult(wal == Wal);

    public Task<string?> FindDifferenceAsync(DatabaseAddress restored, SourceSample sample, CancellationToken cancellationToken) =>
        Task.FromResult(@operator.Moods.Differing.GetValueOrDefault(restored.Host.Split('.')[0][..^"-drill-rw".Length]));

    public Task<string?> FindCorruptionAsync(DatabaseAddress restored, IEnumerable<string> databases, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
