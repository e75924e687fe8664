namespace OrleansDaap.Common;

/// <summary>One page of a listing, newest first.</summary>
/// <param name="Next">Where the next page starts, opaque to all but the listing; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
