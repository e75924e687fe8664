namespace OrleansDaap.Common;

/// <summary>One attempt to change something, or to get in. It travels with the change that it tells of, to be stored with it.</summary>
/// <param name="Id">Sorts by age; see <see cref="SortableId"/>. An entry that is written twice is one.</param>
/// <param name="Team">Null, like role and key, when the caller is unknown.</param>
/// <param name="Role">By its wire name.</param>
/// <param name="Action">The operation's name in the API's description, such as <c>create-database</c>.</param>
/// <param name="Resource">The path that was called.</param>
/// <param name="Outcome"><c>accepted</c>, or the problem's code.</param>
/// <param name="Status">The HTTP status answered.</param>
[GenerateSerializer, Immutable, Alias("daap.audit-entry")]
public sealed record AuditEntry(
    [property: Id(0)] string Id,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string RequestId,
    [property: Id(3)] string? Team,
    [property: Id(4)] string? Role,
    [property: Id(5)] string? ApiKeyId,
    [property: Id(6)] string Action,
    [property: Id(7)] string Resource,
    [property: Id(8)] string Outcome,
    [property: Id(9)] int Status,
    [property: Id(10)] string? RemoteAddress);
