using Orleans.Concurrency;
using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>The quota of one tier, named by the tier's slug. Every reservation passes through it, so two can never take one place.</summary>
[Alias("daap.IQuotaGrain")]
public interface IQuotaGrain : IGrainWithStringKey
{
    /// <summary>Takes the database's place, or replaces the one that it holds; returns once that is durable. Repeating it changes nothing.</summary>
    /// <exception cref="ProblemException">quota-exceeded, with every dimension that is over.</exception>
    [Alias("reserve")]
    Task ReserveAsync(DatabaseId database, ResourceAmounts cost);

    /// <summary>
    /// As <see cref="ReserveAsync"/>, but what the database holds already it keeps: in no dimension does it hold less than before. For one that
    /// still uses its old place while it gets a new one.
    /// </summary>
    /// <exception cref="ProblemException">quota-exceeded, with every dimension that is over.</exception>
    [Alias("extend")]
    Task ExtendAsync(DatabaseId database, ResourceAmounts cost);

    /// <summary>Gives the database's place back, if it holds one.</summary>
    [Alias("release")]
    Task ReleaseAsync(DatabaseId database);

    /// <summary>Sets the limits. They may lie below what is used: then the next reservation is refused.</summary>
    /// <exception cref="ProblemException">precondition-failed.</exception>
    [Alias("set-limits")]
    Task<Quota> SetLimitsAsync(QuotaLimits limits, IfMatch? condition = null, AuditEntry? entry = null);

    /// <summary>The quota as it is stored: what is still being written is not told of.</summary>
    [Alias("get"), ReadOnly]
    Task<Quota> GetAsync();
}
