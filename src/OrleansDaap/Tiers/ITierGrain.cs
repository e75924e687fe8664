using Orleans.Concurrency;
using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

/// <summary>One tier, named by its slug.</summary>
[Alias("daap.ITierGrain")]
public interface ITierGrain : IGrainWithStringKey
{
    /// <exception cref="ProblemException">name-taken; validation-failed.</exception>
    [Alias("create")]
    Task<TierState> CreateAsync(TierSpec spec, AuditEntry? entry = null);

    /// <summary>The tier as it stands; null when there is none.</summary>
    [Alias("get"), ReadOnly]
    Task<TierState?> GetAsync();

    /// <summary>Makes a new revision; databases that exist keep theirs. The same spec again makes none.</summary>
    /// <param name="spec">The whole new spec.</param>
    /// <param name="expectedRevision">The revision that <paramref name="spec"/> was made from.</param>
    /// <exception cref="ProblemException">not-found; validation-failed; precondition-failed when the revision or the stored version has moved on.</exception>
    [Alias("update")]
    Task<TierState> UpdateAsync(TierSpec spec, int expectedRevision, IfMatch? condition = null, AuditEntry? entry = null);

    /// <returns>The tier as it was.</returns>
    /// <exception cref="ProblemException">not-found; precondition-failed; tier-in-use while a database that is not deleted refers to it.</exception>
    [Alias("delete")]
    Task<TierState> DeleteAsync(IfMatch? condition = null, AuditEntry? entry = null);
}
