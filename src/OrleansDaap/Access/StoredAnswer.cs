namespace OrleansDaap.Access;

/// <summary>An answer as it was sent, without what only its first receiver may see.</summary>
/// <param name="Outcome">As in the audit log: <c>accepted</c>, or the problem's code.</param>
public sealed record StoredAnswer(
    int Status, string Outcome, string? ContentType, IReadOnlyDictionary<string, string> Headers, string Body);
