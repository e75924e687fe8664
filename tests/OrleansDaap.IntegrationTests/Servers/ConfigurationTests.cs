using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

public sealed class ConfigurationTests : IDisposable
{
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Wrong_configuration_stops_the_start_with_every_mistake_by_key()
    {
        await using var server = ServerProcess.Launch(_data, new Dictionary<string, string>
        {
            ["Daap__Backend"] = "Mainframe",
            ["Daap__BootstrapApiKey"] = "short",
            ["Daap__Local__PortRange"] = "9-1",
            ["Daap__RateLimit__PermitsPerSecond"] = "-1",
            ["Daap__Databases__ReconcileEvery"] = "00:00:01",
        });

        Assert.Equal(1, await server.WaitForExitAsync());
        foreach (var key in new[] { "Daap:Backend", "Daap:BootstrapApiKey", "Daap:Local:PortRange", "Daap:RateLimit:PermitsPerSecond", "Daap:Databases:ReconcileEvery" })
        {
            Assert.Contains(key, server.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_says_so_and_ends()
    {
        await using var first = await ServerProcess.StartAsync(_data);
        await using var second = ServerProcess.Launch(_data);

        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.Contains("another server", second.Output, StringComparison.OrdinalIgnoreCase);
        await first.UntilHealthyAsync();
    }

    [Fact]
    public async Task Help_names_every_setting()
    {
        await using var server = ServerProcess.Launch(_data, null, Path.Combine(AppContext.BaseDirectory, "OrleansDaap.Server.dll"), "--help");

        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Contains("Daap__DataDirectory", server.Output, StringComparison.Ordinal);
    }
}
