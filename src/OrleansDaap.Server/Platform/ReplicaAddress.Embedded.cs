using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace OrleansDaap.Server.Platform;

/// <summary>Where the other servers reach this one: as it is configured, else where it listens.</summary>
internal sealed class ReplicaAddress
{
    private readonly TaskCompletionSource<Uri?> _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReplicaAddress(IServer server, IHostApplicationLifetime lifetime, IOptions<ReplicaOptions> options) => lifetime.ApplicationStarted.Register(() =>
        _known.TrySetResult(options.Value.AdvertisedUrl is { } configured
            ? new Uri(configured)
            : Of(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], OwnAddress)));

    /// <summary>Completes once this server listens; null when it does so where no other one gets.</summary>
    public Task<Uri?> Known => _known.Task;

    /// <param name="listening">As Kestrel tells them.</param>
    /// <param name="ownAddress">This machine's, for a server that listens on all of them.</param>
    public static Uri? Of(IEnumerable<string> listening, Func<IPAddress> ownAddress) =>
        listening.Select(BindingAddress.Parse).FirstOrDefault(address => address is { IsUnixPipe: false, IsNamedPipe: false }) is { } first
            ? new UriBuilder(first.Scheme, IsEverywhere(first.Host) ? ownAddress().ToString() : first.Host, first.Port).Uri
            : null;

    private static bool IsEverywhere(string host) =>
        host is "*" or "+" || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));

    private static IPAddress OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(one => one.OperationalStatus == OperationalStatus.Up && one.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address)
        .Where(address => !address.IsIPv6LinkLocal).OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork)
        .FirstOrDefault(IPAddress.Loopback);
}
