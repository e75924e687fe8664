namespace OrleansDaap.Provisioning;

/// <summary>Where something lies that no answer may hold: a directory or a file on this machine, or a Kubernetes secret.</summary>
/// <param name="Kind"><c>directory</c>, <c>file</c> or <c>kubernetes-secret</c>.</param>
[GenerateSerializer, Immutable, Alias("daap.secret-location")]
public sealed record SecretLocation(
    [property: Id(0)] string Kind,
    [property: Id(1)] string? Path = null,
    [property: Id(2)] string? Namespace = null,
    [property: Id(3)] string? Name = null,
    [property: Id(4)] string? Key = null);
