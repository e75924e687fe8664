namespace OrleansDaap.LocalPostgres.Backups.Drills;

/// <summary>What a source had at one moment.</summary>
/// <param name="Point">The restore point in its changes at that moment.</param>
/// <param name="At">Everything that had committed by then is before that point.</param>
/// <param name="CatalogsBefore">Sums of each catalog, just before the point.</param>
/// <param name="CatalogsAfter">And just after it: where both are the same, that is what it was.</param>
/// <param name="Tables">Sums of each sampled table, exactly at the point.</param>
/// <param name="Busy">How many tables were being written to, and are left out.</param>
internal sealed record SourceSample(
    string Point,
    DateTimeOffset At,
    IReadOnlyDictionary<string, string> CatalogsBefore,
    IReadOnlyDictionary<string, string> CatalogsAfter,
    IReadOnlyDictionary<SampledTable, string> Tables,
    int Busy);
