using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.RestoreDrills;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What all workers work with.</summary>
internal sealed record WorkerTools(
    ObjectBook Book,
    ClusterSteps Steps,
    ClusterRemoval Removal,
    ClusterReadiness Readiness,
    BackupSizes Sizes,
    DrillRunner Drills,
    ScratchClusters Scratch,
    ChangeFeed Feed,
    CloudNativePgOptions Options,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>Of each database one request is under way at a time; more than this together would only crowd the API server.</summary>
    public SemaphoreSlim Slots { get; } = new(16, 16);
}
