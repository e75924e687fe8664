using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>Where a secret or a certificate is kept: a directory or a file with its path, or a Kubernetes secret by namespace and name.</summary>
internal sealed record SecretLocationResponse
{
    [AllowedValues("directory", "file", "kubernetes-secret")]
    public required string Kind { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Namespace { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>The entry of the Kubernetes secret.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static SecretLocationResponse Of(SecretLocation location) => new()
    {
        Kind = location.Kind,
        Path = location.Path,
        Namespace = location.Namespace,
        Name = location.Name,
        Key = location.Key,
    };
}
