using OrleansDaap.Access;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class ApiKeysTests
{
    [Fact]
    public async Task A_new_key_is_shown_once_and_lets_in()
    {
        await using var host = await ApiHost.StartAsync();
        var made = await host.SendAsync(
            "POST", "/api-keys", host.PlatformKey, """{"team":"search","role":"product-team","description":"ci","expires_at":"2999-01-01T00:00:00+01:00"}""");
        var key = made.Json.GetProperty("key").GetString()!;
        Assert.Equal((201, "no-store"), (made.Status, made.Headers["Cache-Control"]));
        Assert.Equal("2998-12-31T23:00:00Z", made.Json.GetProperty("expires_at").GetString());
        Assert.Equal(ApiKeySecret.IdOf(host.PlatformKey), made.Json.GetProperty("created_by").GetString());
        Assert.Equal(200, (await host.SendAsync("GET", "/databases", key)).Status);

        var list = await host.SendAsync("GET", "/api-keys", host.PlatformKey);
        Assert.DoesNotContain(key, list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiKeySecret.HashOf(key), list.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["id", "team", "role", "description", "created_at", "created_by", "expires_at", "last_used_at", "revoked_at"],
            list.Json.GetProperty("items")[0].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("DELETE", $"/api-keys/{ApiKeySecret.IdOf(host.ProductKey)}", host.PlatformKey);
        Assert.Equal((204, ""), (answer.Status, answer.Text));
        Assert.Equal(401, (await host.SendAsync("GET", "/databases", host.ProductKey)).Status);
    }

    [Theory]
    [InlineData("{}", "role,team")]
    [InlineData("""{"team":"search","role":"admin"}""", "role")]
    [InlineData("""{"team":"search","role":"ProductTeam"}""", "role")]
    [InlineData("""{"team":"search","role":1}""", "role")]
    [InlineData("""{"team":"S","role":"product-team","expires_at":"2001-01-01T00:00:00Z"}""", "expires_at,team")]
    [InlineData("""{"team":"search","role":"product-team","expires_at":"2999-01-01"}""", "expires_at")]
    [InlineData("""{"team":"search","role":"product-team","expires_at":"2999-01-01T00:00:00"}""", "expires_at")]
    [InlineData("""{"team":"search","role":"product-team","expires_at":"2999-13-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"team":"search","role":"product-team","description":"\u0000"}""", "description")]
    [InlineData("""{"team":"search","role":"product-team","description":"\ud800"}""", "description")]
    public async Task Mistakes_in_a_key_are_named(string body, string paths)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("POST", "/api-keys", host.PlatformKey, body);
        Assert.Equal((400, "validation-failed"), (answer.Status, answer.Code));
        Assert.Equal(paths.Split(','), answer.Errors.Keys.Order(StringComparer.Ordinal));
    }
}
