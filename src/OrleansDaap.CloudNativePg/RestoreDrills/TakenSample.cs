using OrleansDaap.Drills;

namespace OrleansDaap.CloudNativePg.RestoreDrills;

/// <summary>A sample of a source.</summary>
/// <param name="Sample">Null when the source cannot even read its catalogs.</param>
/// <param name="Wal">The WAL file that its point is in, at the latest.</param>
/// <param name="Unreadable">What the source could not read of its own files, in words; null when it could read all.</param>
internal sealed record TakenSample(SourceSample? Sample, string Wal, string? Unreadable);
