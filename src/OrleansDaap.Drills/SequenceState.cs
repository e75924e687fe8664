namespace OrleansDaap.Drills;

/// <summary>How far a sequence is, as its changes tell.</summary>
/// <param name="Reserved">
/// The last value that its changes have it at: PostgreSQL logs up to 32 values ahead, and these are what a restored one goes on after. It
/// moves on with the log, not with each value.
/// </param>
/// <param name="Version">Which of its definitions and files this was read from.</param>
internal sealed record SequenceState(string Reserved, string Version);
