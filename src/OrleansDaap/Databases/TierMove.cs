using OrleansDaap.Tiers;

namespace OrleansDaap.Databases;

/// <summary>What a database can follow of another tier: everything but what its data, which stays where it is, cannot.</summary>
internal static class TierMove
{
    /// <summary>Every reason why a database of the one cannot move to the other.</summary>
    public static IReadOnlyList<string> Mistakes(TierSpec from, TierState to)
    {
        var mistakes = new List<string>();
        if (to.Spec.PostgresVersion != from.PostgresVersion)
        {
            mistakes.Add($"{to.Id} has PostgreSQL {to.Spec.PostgresVersion} and the database {from.PostgresVersion}; a move does not change the major version");
        }

        // The cluster may have grown already, even if it never served at that size.
        if (to.Spec.Storage.SizeGib < from.Storage.SizeGib)
        {
            mistakes.Add($"{to.Id} has {to.Spec.Storage.SizeGib} GiB of storage and the database {from.Storage.SizeGib}; storage does not shrink");
        }

        if (to.Spec.Storage.Class != from.Storage.Class)
        {
            mistakes.Add($"{to.Id} has {Named(to.Spec.Storage.Class)} and the database {Named(from.Storage.Class)}; data does not change its storage class");
        }

        return mistakes;
    }

    private static string Named(string? storageClass) => storageClass is null ? "no storage class" : $"the storage class {storageClass}";
}
