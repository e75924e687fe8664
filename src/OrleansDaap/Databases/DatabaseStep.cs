using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>The one thing to do next for a database.</summary>
internal abstract record DatabaseStep
{
    private DatabaseStep()
    {
    }

    /// <summary>Ask the backend for this cluster; its events tell how it goes.</summary>
    internal sealed record Apply(ClusterSpec Spec) : DatabaseStep;

    /// <summary>Ask the backend to remove the cluster, and its backups unless they are kept.</summary>
    /// <param name="IsGone">Only its backups are left: its quota place is given back first.</param>
    internal sealed record Destroy(bool KeepBackups, bool IsGone = false) : DatabaseStep;

    /// <summary>Ask the backend for a backup.</summary>
    internal sealed record BackUp(BackupRequest Request) : DatabaseStep;

    /// <summary>Ask the backend to restore the newest backup to a scratch cluster and compare.</summary>
    internal sealed record Drill(string Id) : DatabaseStep;

    /// <summary>The cluster is gone: give its quota place back, then record that.</summary>
    internal sealed record ReleaseQuota : DatabaseStep;

    /// <summary>The database has moved: give back what its quotas hold beyond what it needs now, then record that.</summary>
    internal sealed record TrimQuota : DatabaseStep;

    /// <summary>Look again after this time, if nothing wakes the database before.</summary>
    internal sealed record Wait(TimeSpan Time) : DatabaseStep;

    /// <summary>Wanted and observed agree.</summary>
    internal sealed record Rest : DatabaseStep;
}
