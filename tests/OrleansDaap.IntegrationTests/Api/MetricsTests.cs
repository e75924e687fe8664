using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Metrics;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class MetricsTests
{
    [Fact]
    public async Task Requests_and_databases_are_shown_to_this_machine_without_a_key()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddDatabaseAsync();
        await host.SendAsync("GET", "/databases/x", host.ProductKey);
        var answer = await host.SendAsync("GET", "/metrics", key: null);
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("text/plain; version=0.0.4", answer.Headers["Content-Type"], StringComparison.Ordinal);
        var lines = answer.Text.Split('\n');
        Assert.Contains("# TYPE daap_http_request_duration_seconds histogram", lines);
        Assert.Contains(lines, line => line.StartsWith("daap_http_request_duration_seconds_bucket{operation=\"get-database\",status=\"404\",le=\"0.001\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("daap_http_request_duration_seconds_count{operation=\"create-database\",status=\"202\"} ", StringComparison.Ordinal));
        Assert.Contains("daap_databases{status=\"provisioning\"} 1", lines);
        Assert.Contains("daap_databases{status=\"ready\"} 0", lines);
    }

    [Fact]
    public async Task What_is_used_of_each_quota_is_shown_with_the_limits_that_there_are()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        await host.SendAsync("PUT", "/tiers/production/quota", host.PlatformKey, """{"databases":7}""");
        var lines = (await host.SendAsync("GET", "/metrics", key: null)).Text.Split('\n');
        Assert.Contains("daap_quota_used{tier=\"production\",resource=\"cpu_cores\"} 1.5", lines);
        Assert.Contains("daap_quota_used{tier=\"production\",resource=\"databases\"} 3", lines);
        Assert.Equal(["daap_quota_limit{tier=\"production\",resource=\"databases\"} 7"], lines.Where(line => line.StartsWith("daap_quota_limit", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_looked_up_for_each_answer_is_shown_as_it_is_and_not_added_up()
    {
        await using var host = await ApiHost.StartAsync();
        using var meter = new Meter("OrleansDaap.Tests");
        var now = 5L;
        meter.CreateObservableGauge("daap.tests.now", () => now);
        foreach (var expected in (long[])[5, 3])
        {
            now = expected;
            Assert.Contains($"daap_tests_now {expected}", (await host.SendAsync("GET", "/metrics", key: null)).Text.Split('\n'));
        }
    }

    [Fact]
    public async Task A_store_that_is_away_leaves_the_databases_out()
    {
        await using var host = await ApiHost.StartAsync();
        host.Platform.Before = _ => throw new StoreUnavailableException("away", null);
        var answer = await host.SendAsync("GET", "/metrics", key: null);
        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("daap_databases", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 403)]
    [InlineData(true, 200)]
    public async Task Other_machines_see_them_only_when_the_server_is_told_so(bool allowRemote, int status)
    {
        await using var host = await ApiHost.StartAsync(add: services => services
            .AddSingleton<IStartupFilter, FromElsewhere>().Configure<MetricsOptions>(metrics => metrics.AllowRemote = allowRemote));
        Assert.Equal(status, (await host.SendAsync("GET", "/metrics", key: null)).Status);
    }

    [Fact]
    public void Labels_are_escaped() => Assert.Equal(
        "a=\"\\\\ \\\" \\n\",b=\"1\"", PrometheusText.Labels([new("a", "\\ \" \n"), new("b", 1)]));

    private sealed class FromElsewhere : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
                return rest(context);
            });
            next(app);
        };
    }
}
