using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Limits;

/// <summary>
/// A token bucket for each key that calls, and for each address that fails to authenticate. A bucket that is full again and rested for
/// some seconds is dropped, so memory holds only who called lately; keys have been authenticated by then, so nobody can invent them.
/// </summary>
internal sealed class RequestLimits : IDisposable
{
    /// <summary>How often a busy bucket is filled up.</summary>
    private const int FillsPerSecond = 10;

    private readonly PartitionedRateLimiter<string>? _keys;
    private readonly PartitionedRateLimiter<string>? _addresses;

    public RequestLimits(IOptions<RateLimitOptions> options)
    {
        if (options.Value.IsOff)
            return;
        _keys = Buckets(options.Value);
        _addresses = Buckets(options.Value);
    }

    /// <exception cref="ProblemException">rate-limited.</exception>
    public void CountCall(string apiKeyId) => Take(_keys, apiKeyId, "This key calls faster than the server allows.");

    /// <exception cref="ProblemException">rate-limited.</exception>
    public void CountFailure(IPAddress? address) =>
        Take(_addresses, NetworkOf(address), "Too many calls from your address had no valid key.");

    public void Dispose()
    {
        _keys?.Dispose();
        _addresses?.Dispose();
    }

    private static void Take(PartitionedRateLimiter<string>? buckets, string who, string refusal)
    {
        if (buckets is null)
            return;
        using var lease = buckets.AttemptAcquire(who);
        if (!lease.IsAcquired)
            throw new ProblemException(ProblemCode.RateLimited, refusal);
    }

    /// <summary>Whoever has an IPv6 address has the 2^64 around it too.</summary>
    private static string NetworkOf(IPAddress? address)
    {
        if (address is null or { IsIPv4MappedToIPv6: true } or { AddressFamily: AddressFamily.InterNetwork })
            return (address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)?.ToString() ?? "";
        return Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8));
    }

    private static PartitionedRateLimiter<string> Buckets(RateLimitOptions options)
    {
        var permits = Math.Max(1, options.PermitsPerSecond / FillsPerSecond);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = permits,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)permits / options.PermitsPerSecond),
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetTokenBucketLimiter(who, _ => bucket));
    }
}
