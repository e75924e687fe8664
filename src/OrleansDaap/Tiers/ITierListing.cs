using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

/// <summary>All tiers, newest first, and what refers to them.</summary>
public interface ITierListing
{
    Task<Page<TierState>> ListAsync(PageRequest page, CancellationToken cancellationToken);

    /// <summary>One tier as it is stored, with its version; null when there is none.</summary>
    Task<TierState?> FindAsync(string tier, CancellationToken cancellationToken);

    /// <summary>How many databases that are not deleted refer to each tier; a tier without any is left out.</summary>
    Task<IReadOnlyDictionary<string, int>> CountDatabasesAsync(IReadOnlyCollection<string> tiers, CancellationToken cancellationToken);

    /// <summary>Whether a database that is not deleted, or one that is just being accepted, refers to the tier.</summary>
    Task<bool> IsInUseAsync(string tier, CancellationToken cancellationToken);
}
