using System.Text;
using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Metrics;

/// <summary>What is used of each tier's quota, and its limits: as the quotas themselves tell.</summary>
internal sealed class QuotaUse(ITierListing tiers, Records records)
{
    private const string Used = "daap_quota_used";
    private const string Limit = "daap_quota_limit";

    /// <summary>A page of all tiers that anyone has.</summary>
    private static readonly PageRequest First = new(200, null);

    /// <summary>Writes nothing while the store is away.</summary>
    public async Task WriteAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        try
        {
            var page = await tiers.ListAsync(First, cancellationToken);
            Write(text, await Task.WhenAll(page.Items.Select(tier => records.QuotaAsync(tier.Id, cancellationToken))));
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OrleansException or TimeoutException)
        {
            // A metric that is missing says so.
        }
    }

    private static void Write(StringBuilder text, IReadOnlyCollection<Quota> quotas)
    {
        PrometheusText.Head(text, Used, "What databases use of their tier's quota.", "gauge");
        foreach (var quota in quotas)
            Sample(text, Used, quota.Tier, quota.Used.CpuCores, quota.Used.MemoryGib, quota.Used.StorageGib, quota.Used.Databases);
        PrometheusText.Head(text, Limit, "The limits of the tiers' quotas, where there are any.", "gauge");
        foreach (var quota in quotas)
            Sample(text, Limit, quota.Tier, quota.Limits.CpuCores, quota.Limits.MemoryGib, quota.Limits.StorageGib, quota.Limits.Databases);
    }

    private static void Sample(StringBuilder text, string name, string tier, decimal? cpuCores, decimal? memoryGib, decimal? storageGib, decimal? databases)
    {
        foreach (var (resource, amount) in (ReadOnlySpan<(string, decimal?)>)
            [("cpu_cores", cpuCores), ("memory_gib", memoryGib), ("storage_gib", storageGib), ("databases", databases)])
        {
            if (amount is { } value)
                PrometheusText.Sample(text, name, PrometheusText.Labels([new("tier", tier), new("resource", resource)]), (double)value);
        }
    }
}
