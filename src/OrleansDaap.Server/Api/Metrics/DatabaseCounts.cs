using System.Text;
using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Api.Metrics;

/// <summary>How many databases there are in each status, counted again when the last count is some seconds old.</summary>
internal sealed class DatabaseCounts(IDatabaseListing listing, TimeProvider time)
{
    /// <summary>Scrapers ask every 15 s or so; whoever asks more often than this hears the same again.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private const string Name = "daap_databases";

    private IReadOnlyDictionary<DatabaseStatus, int>? _counts;
    private DateTimeOffset _countedAt;

    /// <summary>Writes nothing while the store is away: a metric that is missing says so better than one that is old.</summary>
    public async Task WriteAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_counts is not { } counts || now - _countedAt > GoodFor)
        {
            try
            {
                _counts = counts = await listing.CountByStatusAsync(cancellationToken);
                _countedAt = now;
            }
            catch (StoreUnavailableException)
            {
                return;
            }
        }

        PrometheusText.Head(text, Name, "Databases by status.", "gauge");
        foreach (var status in Enum.GetValues<DatabaseStatus>())
            PrometheusText.Sample(text, Name, $"status=\"{WireName.Of(status)}\"", counts.GetValueOrDefault(status));
    }
}
