namespace OrleansDaap.Common;

/// <summary>Why something is not simply fine, in words that a person can act on. It never holds a secret.</summary>
/// <param name="Code">A stable, lower-case code that a program can branch on, such as <c>port-in-use</c>.</param>
/// <param name="Message">What is wrong and what would mend it.</param>
/// <param name="Since">When it was first seen.</param>
[GenerateSerializer, Immutable, Alias("daap.status-reason")]
public sealed record StatusReason([property: Id(0)] string Code, [property: Id(1)] string Message, [property: Id(2)] DateTimeOffset Since);
