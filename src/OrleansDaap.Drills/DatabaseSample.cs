namespace OrleansDaap.Drills;

/// <summary>What one database of a source had at one moment.</summary>
/// <param name="Name">Of the database.</param>
/// <param name="Catalogs">Sums of each catalog that was alike just before the point and just after it.</param>
/// <param name="Tables">Sums of each sampled table, exactly at the point.</param>
/// <param name="Sequences">How far each was that did not move around the point, by its name in statements.</param>
/// <param name="Busy">How many tables and sequences were being written to or altered, and are left out.</param>
/// <param name="Unreadable">What the source itself could not read, in words.</param>
internal sealed record DatabaseSample(
    string Name,
    IReadOnlyDictionary<string, RowSum> Catalogs,
    IReadOnlyDictionary<SampledTable, RowSum> Tables,
    IReadOnlyDictionary<string, SequenceState> Sequences,
    int Busy,
    IReadOnlyList<string> Unreadable);
