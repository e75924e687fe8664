namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>What may happen to databases in their lives.</summary>
public enum StepKind
{
    Create,
    Describe,
    Delete,
    ForceDelete,
    Unfreeze,
    Move,
    ChangeTier,
    SetQuota,

    /// <summary>Time passes.</summary>
    Wait,

    /// <summary>Everything gets the time that it needs.</summary>
    Settle,
    LoseBackend,
    FindBackend,

    /// <summary>Whatever is done to a cluster fails.</summary>
    BreakCluster,

    /// <summary>Whatever is done to a cluster does not end.</summary>
    StallCluster,
    HealCluster,

    /// <summary>A cluster's process dies.</summary>
    KillCluster,

    /// <summary>The server dies, and another takes its place.</summary>
    Crash,
}
