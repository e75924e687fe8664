using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>What a tier may promise and CloudNativePG cannot keep.</summary>
internal static class SpecLimits
{
    /// <summary>PostgreSQL beside the operator's instance manager is killed for want of memory with less.</summary>
    private const decimal LeastMemoryGib = 0.25m;

    /// <summary>Every reason why no manifest can be made of the spec, for people; empty when there is none.</summary>
    public static IEnumerable<string> Of(ClusterSpec spec, CloudNativePgOptions options)
    {
        if (options.Images.Of(spec.PostgresVersion) is null)
            yield return $"there is no image of PostgreSQL {spec.PostgresVersion}; there is of {string.Join(", ", options.Images.Majors)}";
        if (spec.Pooler is { Mode: PoolMode.Statement })
            yield return "CloudNativePG's pooler has no statement mode";
        if (spec.MemoryGib < LeastMemoryGib)
            yield return $"an instance needs {LeastMemoryGib} GiB of memory";
        if ((spec.Backups is not null || spec.Recovery is not null) && !options.ObjectStore.IsConfigured)
            yield return "no object store is configured, so there are no backups";
    }
}
