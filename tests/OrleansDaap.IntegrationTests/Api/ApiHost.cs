using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using OrleansDaap.Access;
using OrleansDaap.Databases;
using OrleansDaap.IntegrationTests.Api.Fakes;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Server.Api;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Api;

/// <summary>The API over real HTTP on a free port, in front of an in-memory platform with a key for each role.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Checkout = "checkout";

    private ApiHost(WebApplication app, InMemoryPlatform platform, VersionsOnlyBackend backend)
    {
        App = app;
        Platform = platform;
        Backend = backend;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        PlatformKey = AddKey("platform", Role.PlatformTeam);
        ProductKey = AddKey(Checkout, Role.ProductTeam);
    }

    public WebApplication App { get; }

    public InMemoryPlatform Platform { get; }

    public VersionsOnlyBackend Backend { get; }

    public HttpClient Http { get; }

    public string PlatformKey { get; }

    public string ProductKey { get; }

    public static async Task<ApiHost> StartAsync(Action<WebApplication>? map = null, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var platform = new InMemoryPlatform();
        var backend = new VersionsOnlyBackend();
        builder.Services.AddSingleton<IGrainFactory>(new GrainsByKey(platform));
        builder.Services.AddSingleton<IApiKeyListing>(platform).AddSingleton<ITierListing>(platform);
        builder.Services.AddSingleton<IQuotaListing>(platform).AddSingleton<IDatabaseListing>(platform).AddSingleton<IAuditLog>(platform);
        builder.Services.AddSingleton<IAuditListing>(platform).AddSingleton<IIdempotencyStore>(platform.Idempotency);
        builder.Services.AddSingleton<IPostgresBackend>(backend);
        builder.Services.AddDaapApi();
        add?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapDaapApi();
        map?.Invoke(app);
        await app.StartAsync();
        return new(app, platform, backend);
    }

    public string AddKey(string team, Role role)
    {
        var key = ApiKeySecret.New();
        var id = ApiKeySecret.IdOf(key);
        Platform.Keys[id] = new ApiKeyState { Id = id, Hash = ApiKeySecret.HashOf(key), Team = team, Role = role, CreatedAt = InMemoryPlatform.Now };
        return key;
    }

    /// <summary>Sends a request; text as a body is JSON unless another media type is given.</summary>
    public async Task<Answer> SendAsync(string method, string path, string? key, string? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new((int)response.StatusCode, headers, text, isJson ? JsonDocument.Parse(text).RootElement : default);
    }

    /// <summary>Makes a tier with the platform's key, and a database of it for the checkout team.</summary>
    public async Task<string> AddDatabaseAsync(string name = "orders")
    {
        await SendAsync("POST", "/tiers", PlatformKey, Bodies.Tier);
        var answer = await SendAsync(
            "POST", "/databases", ProductKey, $$"""{"name":"{{name}}","purpose":"order history","tier":"production"}""");
        return answer.Json.GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.DisposeAsync();
    }
}
