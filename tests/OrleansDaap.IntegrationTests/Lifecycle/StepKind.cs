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

    /// <summary>A backup is asked for.</summary>
    BackUp,

    /// <summary>A new database is made of another's backups.</summary>
    Restore,
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

    /// <summary>Whatever backup is taken of a cluster fails, and the drills of its backups too.</summary>
    BreakBackups,

    /// <summary>A cluster's process dies.</summary>
    KillCluster,

    /// <summary>The server dies, and another takes its place.</summary>
    Crash,
}
