namespace OrleansDaap.Common;

/// <summary>One page of a listing, newest first.</summary>
/// <param name="Next">The key after which the next page starts; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
