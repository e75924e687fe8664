using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>A program that makes credentials, as a kubeconfig names it.</summary>
internal sealed record ExecSettings
{
    public required string ApiVersion { get; init; }

    public required string Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the configuration says to people who do not have the program.</summary>
    public string? InstallHint { get; init; }

    /// <summary>What the program is told of the cluster; null: nothing.</summary>
    public JsonObject? Cluster { get; init; }

    // Arguments and environment may hold secrets.
    public override string ToString() => Command;
}
