namespace OrleansDaap.Drills;

/// <summary>What a source had at one moment.</summary>
/// <param name="Point">The name of the point in its changes at that moment.</param>
/// <param name="At">Everything that had committed by then is before that point.</param>
/// <param name="Databases">Each that takes connections.</param>
internal sealed record SourceSample(string Point, DateTimeOffset At, IReadOnlyList<DatabaseSample> Databases);
