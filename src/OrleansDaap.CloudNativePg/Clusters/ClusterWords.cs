namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>The operator's words in <c>status.phase</c> and its conditions, as far as something depends on them.</summary>
internal static class ClusterWords
{
    public const string Healthy = "Cluster in healthy state";
    public const string SettingUpPrimary = "Setting up primary";
    public const string Hibernation = "cnpg.io/hibernation";
    public const string Ready = "Ready";
    public const string Initialized = "Initialized";
    public const string Archiving = "ContinuousArchiving";
    public const string SystemId = "ConsistentSystemID";

    private static readonly string[] Broken =
    [
        "Cluster is unrecoverable and needs manual intervention", "Invalid cluster definition", "Cluster has incomplete or invalid image catalog",
        "Unable to create required cluster objects",
    ];

    /// <summary>Phases in which a cluster serves, and what is going on meanwhile.</summary>
    private static readonly (string Phase, string Code)[] Serving =
    [
        ("Failing over", "failing-over"), ("Switchover in progress", "switchover"), ("Creating a new replica", "creating-replica"),
        ("Upgrading", "upgrading"), ("Applying configuration", "applying-configuration"), ("Waiting for the instances", "waiting-for-instances"),
    ];

    /// <summary>Whether the operator has given it up.</summary>
    public static bool IsBroken(string phase) => Broken.Contains(phase)
        || phase.StartsWith("Cluster cannot proceed to reconciliation", StringComparison.Ordinal)
        || phase.Contains("missing architecture binary", StringComparison.Ordinal);

    /// <summary>Null for a phase that is nothing to tell of.</summary>
    public static string? CodeOf(string phase) => phase is Healthy or ""
        ? null
        : Serving.FirstOrDefault(one => phase.StartsWith(one.Phase, StringComparison.Ordinal)).Code ?? "cluster-changing";
}
