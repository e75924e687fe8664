namespace OrleansDaap.Access;

/// <summary>Which entries are wanted; null asks for all.</summary>
/// <param name="From">Entries of this moment and later.</param>
/// <param name="To">Entries before this moment.</param>
public sealed record AuditFilter(
    string? Team = null,
    string? Action = null,
    string? Resource = null,
    string? Outcome = null,
    string? ApiKeyId = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null);
