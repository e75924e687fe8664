namespace OrleansDaap.Drills;

/// <summary>A table that is compared, or the beginning of one.</summary>
/// <param name="Oid">By which it is known while others may rename it.</param>
/// <param name="Name">With its schema, quoted as a statement needs it.</param>
/// <param name="Pages">How many of its pages are compared.</param>
internal sealed record SampledTable(uint Oid, string Name, long Pages);
