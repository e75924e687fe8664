using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace OrleansDaap.Server.Platform;

/// <summary>Ends the start-up with what a person needs next, once it would work.</summary>
internal sealed class Banner(IServer server, BootstrapKey key, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await Task.WhenAll(listening.Task, key.Accepted).WaitAsync(stoppingToken);
        Console.WriteLine(Text(Address()));
    }

    private string Address() => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "nowhere";

    private string Text(string address)
    {
        var (where, header) = key.File is { } file
            ? (file, $"X-API-Key: $(cat {file})")
            : ("as configured in Daap:BootstrapApiKey", "X-API-Key: $DAAP_KEY");
        return $"""

              OrleansDaap serves on  {address}
              platform key           {where}
              API documentation      {address}/docs
              next                   curl -H "{header}" {address}/tiers

            """;
    }
}
