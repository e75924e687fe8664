namespace OrleansDaap.Common;

/// <summary>Which page of a listing is wanted.</summary>
/// <param name="Limit">Items at most.</param>
/// <param name="Cursor">The former page's <see cref="Page{T}.Next"/>; null for the first page.</param>
public sealed record PageRequest(int Limit, string? Cursor);
