using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Server.Api.Health;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class HealthTests
{
    [Fact]
    public async Task A_node_whose_every_part_does_well_is_healthy()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("GET", "/health", key: null);
        Assert.Equal((200, """{"status":"healthy","checks":{"backend":{"status":"healthy"}}}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task One_part_that_fails_is_enough_and_keeps_its_reasons_to_itself()
    {
        await using var host = await ApiHost.StartAsync(add: services => services.AddSingleton<IHealthProbe>(new Standby()));
        host.Backend.Check = () => throw new IOException("/var/secret");
        var answer = await host.SendAsync("GET", "/health", key: null);
        Assert.Equal(503, answer.Status);
        Assert.Equal(
            """{"status":"unhealthy","checks":{"backend":{"status":"unhealthy","message":"failed; the server's logs say why"}"""
            + ""","silo":{"status":"unhealthy","message":"standby"}}}""",
            answer.Text);
    }

    [Fact]
    public async Task A_check_that_hangs_is_given_up()
    {
        await using var host = await ApiHost.StartAsync();
        host.Backend.Check = () => new TaskCompletionSource().Task;
        var answer = await host.SendAsync("GET", "/health", key: null);
        Assert.Equal((503, "did not answer within 2 seconds"), (answer.Status, answer.Json.GetProperty("checks").GetProperty("backend").GetProperty("message").GetString()));
    }

    private sealed class Standby : IHealthProbe
    {
        public string Name => "silo";

        public Task<HealthResult> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(HealthResult.Unhealthy("standby"));
    }
}
