using System.Globalization;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What the operator's words make of a cluster, in the order in which they count. Pure.</summary>
internal static class ClusterLook
{
    /// <summary>Copying takes its time: a terabyte at 100 MB a second takes three hours.</summary>
    private static readonly TimeSpan LongestCopy = TimeSpan.FromHours(24);

    public static ClusterVerdict Of(ClusterSight sight)
    {
        if (sight.Objects.Cluster is not { } cluster) return WithoutCluster(sight);
        if (sight.Spec is not { } spec)
        {
            return sight.IsRemoving
                ? ClusterVerdict.Waits("the cluster to be gone")
                : Failed(sight, "spec-unreadable", $"What is wanted of {cluster.Key} is not written on it any more; it is told again with its next change.");
        }

        if (sight.Failure is { } failure) return new ClusterVerdict(ClusterPhase.Failed, failure);
        if (sight.IsRemoving || cluster.DeletionRequestedAt is not null) return ClusterVerdict.Waits("the cluster to be gone");
        if (Broken(sight, cluster) is { } broken) return broken;
        if (sight.IsPending) return ClusterVerdict.Waits(sight.Obstacle ?? "Kubernetes to show what was written");
        return spec.Frozen ? Freezing(cluster) : Running(sight, spec, cluster);
    }

    /// <summary>A wait that has lasted too long is a failure that says what it waits for.</summary>
    public static ClusterVerdict Patiently(ClusterVerdict verdict, ClusterSight sight, TimeSpan deadline, DateTimeOffset now)
    {
        if (verdict.WaitsFor is null || now - sight.ProgressSince < Patience(sight, deadline)) return verdict;
        return Failed(sight, "no-progress", $"The database has waited since {sight.ProgressSince:u} for {verdict.WaitsFor}.");
    }

    /// <summary>How long the operator may take before it shows something new.</summary>
    public static TimeSpan Patience(ClusterSight sight, TimeSpan deadline) =>
        sight.Spec?.Recovery is not null && !IsInitialized(sight.Objects.Cluster) ? LongestCopy : deadline;

    public static bool IsInitialized(KubernetesObject? cluster) =>
        cluster?.Condition(ClusterWords.Initialized)?.IsTrue == true && Phase(cluster) != ClusterWords.SettingUpPrimary;

    /// <summary>As far as the operator says; whether it answers is asked after that.</summary>
    public static bool IsServing(KubernetesObject cluster) =>
        IsInitialized(cluster) && !IsHibernated(cluster) && cluster.Condition(ClusterWords.Ready)?.IsTrue == true && cluster.Number("status", "readyInstances") >= 1;

    /// <summary>Whether the operator, which watches the owner's secret, finds none.</summary>
    public static bool LacksCredentials(KubernetesObject cluster) =>
        cluster.At("status", "secretsResourceVersion") is not null && CredentialsVersion(cluster) is not { Length: > 0 };

    /// <summary>The version of the owner's secret that the operator saw last.</summary>
    public static string? CredentialsVersion(KubernetesObject? cluster) => cluster?.Text("status", "secretsResourceVersion", "applicationSecretVersion");

    /// <summary>From the image's tag, such as <c>17.11</c> of <c>…:17.11-202608170816-standard-trixie@sha256:…</c>.</summary>
    public static string? Version(KubernetesObject? cluster)
    {
        var image = cluster?.Text("status", "image") ?? cluster?.Text("status", "pgDataImageInfo", "image");
        var tag = image?.Split('@')[0].Split('/')[^1].Split(':') is [_, var found] ? found.Split('-')[0] : null;
        return tag is { Length: > 0 } && char.IsAsciiDigit(tag[0]) ? tag : null;
    }

    private static ClusterVerdict WithoutCluster(ClusterSight sight)
    {
        if (sight.IsRemoving)
        {
            return sight.Objects.IsGone && sight.Failure is not null
                ? new ClusterVerdict(ClusterPhase.Absent, sight.Failure)
                : ClusterVerdict.Waits(sight.Obstacle ?? "everything of the database to be gone");
        }

        if (sight.Spec is null)
        {
            return sight.Objects.IsGone
                ? new ClusterVerdict(ClusterPhase.Absent)
                : Failed(sight, "cluster-missing", "The cluster of this database is not there, though other objects of it are: somebody deleted it, or it was never made.");
        }

        return sight.Failure is { } failure ? new ClusterVerdict(ClusterPhase.Failed, failure) : ClusterVerdict.Waits(sight.Obstacle ?? "its objects to be made");
    }

    private static ClusterVerdict? Broken(ClusterSight sight, KubernetesObject cluster)
    {
        var phase = Phase(cluster);
        if (ClusterWords.IsBroken(phase)) return Failed(sight, "cluster-broken", $"CloudNativePG: {Words(cluster)}.");
        return cluster.Condition(ClusterWords.SystemId) is { Reason: "Mismatch" } mismatch
            ? Failed(sight, "cluster-broken", $"CloudNativePG: the instances are of different clusters: {mismatch.Message}")
            : null;
    }

    // Ready stays true and the phase healthy while nothing runs.
    private static ClusterVerdict Freezing(KubernetesObject cluster) => IsHibernated(cluster)
        ? new ClusterVerdict(ClusterPhase.Stopped)
        : ClusterVerdict.Waits(cluster.Condition(ClusterWords.Hibernation) is { } condition
            ? $"its instances to stop; CloudNativePG: {condition.Reason}: {condition.Message}"
            : "CloudNativePG to stop its instances");

    private static ClusterVerdict Running(ClusterSight sight, ClusterSpec spec, KubernetesObject cluster)
    {
        if (IsHibernated(cluster)) return ClusterVerdict.Waits("CloudNativePG to start its instances");
        if (!IsInitialized(cluster)) return ClusterVerdict.Waits($"its first instance; CloudNativePG: {Words(cluster)}");
        if (!IsServing(cluster))
            return ClusterVerdict.Waits($"an instance that is ready; CloudNativePG: {Words(cluster)}");
        if (ClusterNotes.CaOf(cluster) is null) return ClusterVerdict.Waits("its CA's certificate");
        if (spec.Closed && !sight.IsClosedEverywhere) return ClusterVerdict.Waits("its instances to restart without clients");
        if (!spec.Closed && !sight.Answers) return ClusterVerdict.Waits("its answer to a query");
        if (spec is { Pooler: not null, Closed: false } && !(sight.Objects.Pooler?.Number("status", "instances") >= 1))
            return ClusterVerdict.Waits($"its pooler; CloudNativePG: {sight.Objects.Pooler?.Text("status", "phaseReason") ?? sight.Objects.Pooler?.Text("status", "error") ?? "nothing yet"}");
        return new ClusterVerdict(ClusterPhase.Ready, Shortfall(sight, spec, cluster));
    }

    /// <summary>In what one that serves falls short of its spec.</summary>
    private static StatusReason? Shortfall(ClusterSight sight, ClusterSpec spec, KubernetesObject cluster)
    {
        if (ClusterWords.CodeOf(Phase(cluster)) is { } code) return new StatusReason(code, $"CloudNativePG: {Words(cluster)}.", sight.ProgressSince);
        var ready = cluster.Number("status", "readyInstances") ?? 0;
        return ready >= spec.Instances ? null : new StatusReason(
            "standbys-missing", string.Create(CultureInfo.InvariantCulture, $"{ready} of {spec.Instances} instances are ready."), sight.ProgressSince);
    }

    private static bool IsHibernated(KubernetesObject cluster) => cluster.Condition(ClusterWords.Hibernation)?.IsTrue == true;

    private static string Phase(KubernetesObject cluster) => cluster.Text("status", "phase") ?? "";

    private static string Words(KubernetesObject cluster) => cluster.Text("status", "phase") is not { } phase
        ? "nothing yet"
        : cluster.Text("status", "phaseReason") is { Length: > 0 } reason ? $"{phase}: {reason}" : phase;

    private static ClusterVerdict Failed(ClusterSight sight, string code, string message) =>
        new(ClusterPhase.Failed, new StatusReason(code, message, sight.ProgressSince));
}
