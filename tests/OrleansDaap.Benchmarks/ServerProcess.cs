using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace OrleansDaap.Benchmarks;

/// <summary>A server of our own in a process of its own, with an empty data directory, on a free loopback port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServerProcess(Process process, ScratchDirectory data, Uri address)
    {
        this.process = process;
        Data = data;
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public ScratchDirectory Data { get; }

    public int Id => process.Id;

    /// <summary>The resident memory of the server alone.</summary>
    public double ResidentMebibytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Starts the built server, or this program in its place with a backend that makes nothing.</summary>
    public static async Task<ServerProcess> StartAsync(bool fakeBackend, ScratchDirectory? data = null)
    {
        data ??= new ScratchDirectory();
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, fakeBackend ? "OrleansDaap.Benchmarks.dll" : "OrleansDaap.Server.dll"));
        if (fakeBackend)
        {
            start.ArgumentList.Add("serve-with-fake-backend");
        }

        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["Daap__DataDirectory"] = data.Path;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        var server = new ServerProcess(process, data, address);
        await server.UntilHealthyAsync();
        var key = await File.ReadAllTextAsync(Path.Combine(data.Path, "bootstrap-api-key"));
        server.Http.DefaultRequestHeaders.Add("X-API-Key", key.Trim());
        return server;
    }

    public async Task UntilHealthyAsync()
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(10))
        {
            try
            {
                using var answer = await Http.GetAsync("/health");
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }
        }

        throw new InvalidOperationException("The server did not become healthy within a minute.");
    }

    public async Task CreateTierAsync(string id = "bench")
    {
        using var answer = await Http.PostAsJsonAsync("/tiers", new
        {
            id,
            description = "For measuring",
            postgres_version = 15,
            instances = 1,
            cpu_cores = 1,
            memory_gib = 1,
            storage = new { size_gib = 1 },
            destruction_strategy = "hard",
        });
        answer.EnsureSuccessStatusCode();
    }

    public async Task<JsonElement> CreateDatabaseAsync(string name, string tier = "bench")
    {
        using var answer = await Http.PostAsJsonAsync("/databases", new { name, owner_team = "bench", purpose = "measuring", tier });
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Asks until the database is ready; its connection.</summary>
    public async Task<JsonElement> UntilReadyAsync(string id) =>
        (await UntilAsync(id, database => database.GetProperty("status").GetString() == "ready")).GetProperty("connection");

    public Task UntilDeletedAsync(string id) => UntilAsync(id, database => database.GetProperty("status").GetString() == "deleted");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        Data.Dispose();
    }

    public async Task StopAsync()
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
        }
    }

    private async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> reached)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(2))
        {
            var database = await Http.GetFromJsonAsync<JsonElement>($"/databases/{id}");
            if (reached(database))
            {
                return database;
            }
        }

        throw new InvalidOperationException($"The database {id} did not get there within a minute.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
