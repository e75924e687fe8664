using System.Net;
using System.Text.Json;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Http;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>What the client makes of a real API server's answers.</summary>
public sealed class RecordedAnswerTests
{
    [Theory]
    [InlineData("05-apply-conflict-other-manager", "Conflict", ".spec.instances", false)]
    [InlineData("06-apply-without-field-manager", "Invalid", "fieldManager", true)]
    [InlineData("07-apply-invalid-type-is-500", null, "", true)]
    [InlineData("08-apply-breaks-cel-rule", "Invalid", "spec", true)]
    [InlineData("09-apply-unknown-field-is-500", null, "", true)]
    [InlineData("10-apply-unknown-field-strict", null, "", true)]
    [InlineData("11-apply-into-missing-namespace", "NotFound", "", false)]
    [InlineData("12-create-duplicate", "AlreadyExists", "", false)]
    [InlineData("14-get-missing", "NotFound", "", false)]
    [InlineData("15-get-invalid-token", "Unauthorized", "", false)]
    [InlineData("16-get-forbidden", "Forbidden", "", true)]
    [InlineData("22-put-stale", "Conflict", "", false)]
    [InlineData("30-list-bad-continue", "BadRequest", "", true)]
    [InlineData("43-delete-missing", "NotFound", "", false)]
    [InlineData("44-delete-wrong-uid", "Conflict", "", false)]
    public void A_refusal_is_read_in_full(string name, string? reason, string fields, bool isRefusal)
    {
        var exchange = Exchange(name);
        var failure = ApiFailure.From(new ApiRequest(HttpMethod.Get, exchange.PathAndQuery), (HttpStatusCode)exchange.Status, Json(exchange));

        Assert.Equal((exchange.Status, reason, isRefusal), ((int)failure.Status!, failure.Reason, failure.IsRefusal));
        Assert.Equal(fields, string.Join(' ', failure.Causes.Select(cause => cause.Field)));
        Assert.Null(Retries.Wait(failure, 1, null, 0));
        Assert.Contains(exchange.Answer["message"]!.GetValue<string>(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_recorded_refusal_is_among_them()
    {
        var tested = typeof(RecordedAnswerTests).GetMethod(nameof(A_refusal_is_read_in_full))!.CustomAttributes
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value as string);

        Assert.Equal(RecordedExchange.All.Where(exchange => exchange.Status >= 400).Select(exchange => exchange.Name), tested);
    }

    [Fact]
    public void An_object_is_read()
    {
        var found = new KubernetesObject(Json(Exchange("17-status-merge-patch-ignores-spec")));

        Assert.Equal(("daap-team-a/db-1", "256", 2), (found.Key.ToString(), found.ResourceVersion, found.Generation));
        Assert.Equal(("Cluster in healthy state", 1L), (found.Text("status", "phase"), found.Number("status", "readyInstances")));
        Assert.Equal(("ClusterIsReady", true), (found.Condition("Ready")!.Reason, found.Condition("Ready")!.IsTrue));
        Assert.Null(found.Condition("Initialized"));
        Assert.Null(found.DeletionRequestedAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 9, 57, 45, TimeSpan.Zero), new KubernetesObject(Json(Exchange("39-get-deleting"))).DeletionRequestedAt);
    }

    [Fact]
    public async Task A_watch_is_read_line_by_line_however_it_arrives()
    {
        var bytes = await File.ReadAllBytesAsync(RecordedExchange.WatchStream);
        using var request = new HttpResponseMessage { Content = new StreamContent(new Trickle(bytes)) };
        using var watch = new KubernetesWatch(new ApiRequest(HttpMethod.Get, "/watch"), request, new CancellationTokenSource());
        var seen = new List<string>();
        await foreach (var (kind, shown) in watch.EventsAsync(CancellationToken.None)) seen.Add($"{kind} {shown.Name} {shown.ResourceVersion}");

        Assert.Equal(
            [
                "Added db-w 264", "Modified db-w 265", "Deleted db-w 266", "Modified db-3 267", "Modified db-3 268", "Deleted db-3 269", "Deleted db-4 270",
                "Bookmark  270", "Bookmark  270",
            ],
            seen);
    }

    [Fact]
    public async Task A_watch_from_too_long_ago_is_expired()
    {
        var line = System.Text.Encoding.UTF8.GetBytes(Exchange("36-watch-expired-resource-version").Answer.ToJsonString() + "\n");
        using var request = new HttpResponseMessage { Content = new ByteArrayContent(line) };
        using var watch = new KubernetesWatch(new ApiRequest(HttpMethod.Get, "/watch"), request, new CancellationTokenSource());
        var failure = await Assert.ThrowsAsync<KubernetesException>(async () =>
        {
            await foreach (var happened in watch.EventsAsync(CancellationToken.None)) Assert.Fail($"{happened}");
        });

        Assert.Equal((true, "Expired"), (failure.IsExpired, failure.Reason));
    }

    private static RecordedExchange Exchange(string name) => RecordedExchange.All.Single(exchange => exchange.Name == name);

    private static JsonElement Json(RecordedExchange exchange) => JsonSerializer.SerializeToElement(exchange.Answer);

    /// <summary>Gives seven bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(7, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));
    }
}
