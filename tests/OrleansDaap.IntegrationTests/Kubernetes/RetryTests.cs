using System.Net;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing.Kubernetes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>What the client does when the server is overloaded, broken or away.</summary>
public sealed class RetryTests : ApiServerTest
{
    private readonly PassingClock _clock = new();

    private KubernetesClient Hurried => ClientWith(new FixedCredentials(new Credential { Token = TestApiServer.Token }), _clock);

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task A_failure_that_passes_is_not_seen(HttpStatusCode status)
    {
        Server.Faults.Fail(status, times: 2);
        var applied = await Hurried.ApplyAsync(Widgets.Kind, Widgets.Manifest("one"), None);

        Assert.Equal("one", applied.Name);
        Assert.Equal(3, RequestsOf("PATCH"));
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task The_server_is_given_the_rest_that_it_asks_for(HttpStatusCode status)
    {
        Server.Faults.Fail(status, retryAfter: TimeSpan.FromSeconds(7));
        await Hurried.ApplyAsync(Widgets.Kind, Widgets.Manifest("one"), None);

        Assert.InRange(Assert.Single(_clock.Waits), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_rest_that_is_too_long_is_left_to_the_caller()
    {
        Server.Faults.Fail(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromMinutes(5));
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => Hurried.GetAsync(Widgets.Kind, Widgets.Key("one"), None));

        Assert.Equal(HttpStatusCode.TooManyRequests, failure.Status);
        Assert.Equal(1, RequestsOf("GET"));
    }

    [Fact]
    public async Task A_failure_that_stays_is_said_after_five_attempts_with_growing_waits()
    {
        Server.Faults.Fail(HttpStatusCode.ServiceUnavailable, times: int.MaxValue);
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => Hurried.GetAsync(Widgets.Kind, Widgets.Key("one"), None));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, false, false), (failure.Status, failure.IsRefusal, failure.IsUnreachable));
        Assert.Equal(5, RequestsOf("GET"));
        var waits = _clock.Waits.ToArray();
        Assert.Equal(4, waits.Length);
        for (var i = 0; i < waits.Length; i++) Assert.InRange(waits[i].TotalMilliseconds, 50 * Math.Pow(2, i), 100 * Math.Pow(2, i));
    }

    [Fact]
    public async Task A_server_that_is_away_is_an_error_of_its_own()
    {
        Server.Faults.IsUnreachable = true;
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => Hurried.GetAsync(Widgets.Kind, Widgets.Key("one"), None));

        Assert.True(failure.IsUnreachable);
        Assert.Equal(5, RequestsOf("GET"));
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_asked_for_again_and_nothing_happens_twice()
    {
        Server.Faults.LoseAnswer(call => call.IsWrite);
        var applied = await Hurried.ApplyAsync(Widgets.Kind, Widgets.Manifest("one"), None);
        Assert.Equal((2, 1), (RequestsOf("PATCH"), applied.Generation));

        Server.Faults.LoseAnswer(call => call.IsWrite);
        await Hurried.DeleteAsync(Widgets.Kind, Widgets.Key("one"), null, None);
        Assert.Null(await Client.GetAsync(Widgets.Kind, Widgets.Key("one"), None));
    }

    [Fact]
    public async Task What_is_refused_is_not_asked_again()
    {
        Server.Faults.Refuse("admission webhook \"vcluster.cnpg.io\" denied the request: no");
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Hurried.ApplyAsync(Widgets.Kind, Widgets.Manifest("one"), None));

        Assert.Equal((HttpStatusCode.Forbidden, true), (refusal.Status, refusal.IsRefusal));
        Assert.Contains("vcluster.cnpg.io", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, RequestsOf("PATCH"));
    }

    [Fact]
    public async Task A_conflict_is_the_callers_to_decide()
    {
        Server.Faults.Conflict();
        var conflict = await Assert.ThrowsAsync<KubernetesException>(() => Hurried.ApplyAsync(Widgets.Kind, Widgets.Manifest("one"), None));

        Assert.True(conflict.IsConflict);
        Assert.Equal(1, RequestsOf("PATCH"));
    }

    [Fact]
    public async Task A_wait_for_a_slow_answer_ends_when_the_caller_goes()
    {
        using var hold = Server.Faults.Hold(_ => true);
        using var caller = new CancellationTokenSource();
        var asked = Client.GetAsync(Widgets.Kind, Widgets.Key("one"), caller.Token);
        await hold.Reached;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }
}
