using System.Globalization;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>What the objects of a database are called, ours and those that the operator makes.</summary>
internal static class ObjectNames
{
    /// <summary>Of a namespace's policy that denies all.</summary>
    public const string DefaultDeny = "default-deny";

    /// <summary>The key to the bucket, in each namespace.</summary>
    public const string ObjectStoreSecret = "daap-object-store";

    /// <summary>Lets the server at the secrets of a namespace; also the ClusterRole in <c>deploy/</c> that says what it may do there.</summary>
    public const string SecretsRole = "orleansdaap-secrets";

    public static string Pooler(DatabaseId id) => $"{id}-pooler";

    /// <summary>The operator's name for it; ours is there first, so that it makes none.</summary>
    public static string Credentials(DatabaseId id) => $"{id}-app";

    /// <summary>The operator's. It holds the CA's key beside its certificate: never let a tenant read it.</summary>
    public static string CertificateAuthority(DatabaseId id) => $"{id}-ca";

    /// <summary>The operator's service of the primary.</summary>
    public static string Primary(DatabaseId id) => $"{id}-rw";

    /// <summary>The store that a restored database read its data from.</summary>
    public static string OriginStore(DatabaseId id) => $"{id}-origin";

    /// <summary>Of everything that a drill restores a database's backup with.</summary>
    public static string Drill(DatabaseId id) => $"{id}-drill";

    /// <summary>The operator's secret of a drill's cluster.</summary>
    public static string DrillSuperuser(DatabaseId id) => $"{id}-drill-superuser";

    /// <summary>
    /// A change of a catalog restarts every cluster on it, so each tier revision has its own. The major is part of the name, since a
    /// tier that was deleted may come again with another one.
    /// </summary>
    public static string ImageCatalog(ClusterSpec spec) =>
        string.Create(CultureInfo.InvariantCulture, $"daap-{spec.Tier}-r{spec.TierRevision}-pg{spec.PostgresVersion}");
}
