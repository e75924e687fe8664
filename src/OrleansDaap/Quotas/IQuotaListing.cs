namespace OrleansDaap.Quotas;

/// <summary>Reads the same rows that the quota grains write.</summary>
public interface IQuotaListing
{
    /// <summary>A tier's quota as it is stored; one that nobody has set has no limits.</summary>
    Task<Quota> FindAsync(string tier, CancellationToken cancellationToken);
}
