namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>One of the reasons for a refusal.</summary>
/// <param name="Reason">For instance <c>FieldValueInvalid</c>.</param>
/// <param name="Message">Words that differ between versions: for people, never to match on.</param>
/// <param name="Field">Where in the object.</param>
internal sealed record StatusCause(string? Reason, string? Message, string? Field);
