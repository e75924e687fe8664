using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What is made of a cluster.</summary>
/// <param name="Phase">How it is.</param>
/// <param name="Reason">Why it failed, or in what it falls short.</param>
/// <param name="WaitsFor">While it progresses: what has to happen next, for people.</param>
internal sealed record ClusterVerdict(ClusterPhase Phase, StatusReason? Reason = null, string? WaitsFor = null)
{
    public static ClusterVerdict Waits(string what) => new(ClusterPhase.Progressing, null, what);
}
