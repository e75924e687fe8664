using System.Text;
using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class ProblemTests
{
    [Fact]
    public async Task A_problem_says_what_when_and_which_request()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("GET", "/nowhere", key: null);
        Assert.StartsWith("application/problem+json", answer.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(
            ["type", "title", "status", "detail", "code", "request_id"], answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("urn:daap:problem:not-found", answer.Json.GetProperty("type").GetString());
        Assert.Equal((404, 404, "not-found"), (answer.Status, answer.Json.GetProperty("status").GetInt32(), answer.Code));
        Assert.Equal(answer.Headers["X-Request-Id"], answer.Json.GetProperty("request_id").GetString());
    }

    [Theory]
    [InlineData("PUT", "/databases", 405, "method-not-allowed", "GET, POST")]
    [InlineData("DELETE", "/health", 405, "method-not-allowed", "GET")]
    [InlineData("POST", "/openapi.json", 405, "method-not-allowed", "GET")]
    public async Task A_method_that_a_resource_does_not_take_is_refused_with_those_it_takes(
        string method, string path, int status, string code, string allow)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(method, path, host.PlatformKey);
        Assert.Equal((status, code, allow), (answer.Status, answer.Code, answer.Headers["Allow"].Replace(",", ", ").Replace("  ", " ")));
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/xml", 415)]
    [InlineData("application/merge-patch+json", 415)]
    [InlineData("application/json", 202)]
    public async Task Only_json_is_taken(string mediaType, int status)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddDatabaseAsync("first");
        Assert.Equal(status, (await host.SendAsync("POST", "/databases", host.ProductKey, Bodies.Database, mediaType)).Status);
    }

    [Fact]
    public async Task Another_encoding_than_utf_8_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        using var request = Post(host, new StringContent(Bodies.Database, Encoding.Latin1, "application/json"));
        Assert.Equal("unsupported-media-type", (await host.SendAsync(request)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"name\":}")]
    [InlineData("{} {}")]
    [InlineData("{'name':'x'}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]")]
    public async Task A_body_that_cannot_be_read_is_refused_in_our_own_words(string body)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("POST", "/databases", host.ProductKey, body);
        Assert.Equal((400, "malformed-request"), (answer.Status, answer.Code));
        Assert.DoesNotContain("System.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Path:", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_missing_or_not_utf_8_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("malformed-request", (await host.SendAsync("POST", "/databases", host.ProductKey)).Code);
        var content = new ByteArrayContent([(byte)'"', 0xFF, (byte)'"']);
        content.Headers.ContentType = new("application/json");
        using var request = Post(host, content);
        Assert.Equal("malformed-request", (await host.SendAsync(request)).Code);
    }

    [Theory]
    [InlineData(1024 * 1024, false, 400)]
    [InlineData((1024 * 1024) + 1, false, 413)]
    [InlineData(1024 * 1024, true, 400)]
    [InlineData((1024 * 1024) + 1, true, 413)]
    [InlineData(8 * 1024 * 1024, true, 413)]
    [InlineData(17 * 1024 * 1024, true, 413)]
    public async Task A_body_may_have_one_mebibyte_whether_its_length_is_told_or_not(int length, bool chunked, int status)
    {
        await using var host = await ApiHost.StartAsync();
        using var request = Post(host, new StringContent($"\"{new string('x', length - 2)}\"", Encoding.ASCII, "application/json"));
        request.Content!.Headers.ContentType!.CharSet = null;
        request.Headers.TransferEncodingChunked = chunked;
        var answer = await host.SendAsync(request);
        Assert.Equal((status, status == 413 ? "payload-too-large" : "validation-failed"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task An_unforeseen_failure_says_nothing_of_itself()
    {
        await using var host = await ApiHost.StartAsync();
        host.Platform.Before = _ => throw new InvalidOperationException("SELECT secret FROM /var/lib");
        var answer = await host.SendAsync("GET", "/databases", host.ProductKey);
        Assert.Equal((500, "internal-error"), (answer.Status, answer.Code));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
    }

    public static TheoryData<Exception, string> Outages => new()
    {
        { new StoreUnavailableException("no", null), "platform-store-unavailable" },
        { new Orleans.Runtime.SiloUnavailableException("standby"), "platform-store-unavailable" },
        { new Orleans.Storage.InconsistentStateException("stale"), "platform-store-unavailable" },
        { new TimeoutException("slow"), "platform-store-unavailable" },
        { new BackendUnavailableException("no", null), "backend-unavailable" },
    };

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Whatever_is_away_for_a_while_is_worth_trying_again(Exception outage, string code)
    {
        await using var host = await ApiHost.StartAsync();
        host.Platform.Before = _ => throw outage;
        var answer = await host.SendAsync("GET", "/databases", host.ProductKey);
        Assert.Equal((503, code, "1"), (answer.Status, answer.Code, answer.Headers["Retry-After"]));
    }

    [Fact]
    public async Task A_backend_that_does_not_say_its_versions_is_unavailable()
    {
        await using var host = await ApiHost.StartAsync();
        host.Backend.Versions = () => throw new IOException("no route");
        Assert.Equal("backend-unavailable", (await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier)).Code);
    }

    [Fact]
    public async Task What_a_refusal_carries_is_shown()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        host.Platform.Before = what =>
        {
            if (what == "create-database")
                throw new ProblemException(ProblemCode.QuotaExceeded, "No room.") { Tier = "production", Violations = [new("cpu_cores", 6, 1.5m, 4)] };
        };
        var answer = await host.SendAsync("POST", "/databases", host.ProductKey, Bodies.Database);
        Assert.Equal((422, "production"), (answer.Status, answer.Json.GetProperty("tier").GetString()));
        Assert.Equal("""[{"resource":"cpu_cores","requested":6,"used":1.5,"limit":4}]""", answer.Json.GetProperty("violations").GetRawText());
    }

    [Theory]
    [InlineData("trace-1/2", true)]
    [InlineData("has space", false)]
    [InlineData("a,b", true)]
    public async Task A_sane_request_id_is_kept_and_any_other_replaced(string id, bool kept)
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var path in (string[])["/health", "/nowhere", "/docs/index.html", "/databases"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("X-Request-Id", id);
            Assert.Equal(kept, (await host.SendAsync(request)).Headers["X-Request-Id"] == id);
        }
    }

    [Fact]
    public async Task Every_path_also_answers_under_api_v1()
    {
        await using var host = await ApiHost.StartAsync();
        var database = await host.AddDatabaseAsync();
        foreach (var path in (string[])[$"/databases/{database}", "/databases", "/tiers", "/health", "/openapi.json", "/docs/index.html"])
            Assert.Equal(200, (await host.SendAsync("GET", "/api/v1" + path, host.ProductKey)).Status);
        Assert.Equal(404, (await host.SendAsync("GET", "/api/v2/databases", host.ProductKey)).Status);
        var accepted = await host.SendAsync("DELETE", $"/api/v1/databases/{database}", host.ProductKey);
        Assert.Equal($"/api/v1/databases/{database}", accepted.Headers["Location"]);
    }

    [Fact]
    public async Task The_server_does_not_say_what_it_is()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.DoesNotContain("Server", (await host.SendAsync("GET", "/health", key: null)).Headers.Keys);
    }

    private static HttpRequestMessage Post(ApiHost host, HttpContent content) => new(HttpMethod.Post, "/databases")
    {
        Content = content,
        Headers = { { "X-API-Key", host.ProductKey } },
    };
}
