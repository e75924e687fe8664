namespace OrleansDaap.Access;

/// <summary>One attempt to change something, or to get in.</summary>
/// <param name="Id">Sorts by age; see <see cref="Common.SortableId"/>.</param>
/// <param name="Team">Null, like role and key, when the caller is unknown.</param>
/// <param name="Action">The operation's name in the API's description, such as <c>create-database</c>.</param>
/// <param name="Resource">The path that was called.</param>
/// <param name="Outcome"><c>accepted</c>, or the problem's code.</param>
/// <param name="Status">The HTTP status answered.</param>
public sealed record AuditEntry(
    string Id,
    DateTimeOffset At,
    string RequestId,
    string? Team,
    Role? Role,
    string? ApiKeyId,
    string Action,
    string Resource,
    string Outcome,
    int Status,
    string? RemoteAddress);
