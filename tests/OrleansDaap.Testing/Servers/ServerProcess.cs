using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansDaap.Testing.Servers;

/// <summary>A server in a process of its own, seen only from outside: over HTTP, and by signals.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Knows the server's address once the server has been seen healthy.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The resident memory of the server alone.</summary>
    public double ResidentMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Starts a server over a data directory and waits until it is healthy; its HTTP client then has the bootstrap key.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="settings">Further settings, as environment variables.</param>
    /// <param name="program">The program and its arguments; by default the server beside the running assembly.</param>
    public static async Task<ServerProcess> StartAsync(
        ScratchDirectory data, IReadOnlyDictionary<string, string>? settings = null, params string[] program)
    {
        var server = Launch(data, settings, program);
        await server.UntilHealthyAsync();
        server.Http.DefaultRequestHeaders.Add("X-API-Key", (await File.ReadAllTextAsync(Path.Combine(data.Path, "bootstrap-api-key"))).Trim());
        return server;
    }

    /// <summary>Starts a server and waits for nothing.</summary>
    public static ServerProcess Launch(ScratchDirectory data, IReadOnlyDictionary<string, string>? settings = null, params string[] program)
    {
        ArgumentNullException.ThrowIfNull(data);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = data.Path };
        foreach (var argument in program is { Length: > 0 } ? program : [Path.Combine(AppContext.BaseDirectory, "OrleansDaap.Server.dll")])
        {
            start.ArgumentList.Add(argument);
        }

        // The system chooses a port that is free when the server listens: one that is looked for before may be another's by then.
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Daap__DataDirectory"] = data.Path;
        start.Environment["Daap__Local__PortRange"] = data.Ports.Range;
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        return new ServerProcess(Process.Start(start)!);
    }

    public async Task UntilHealthyAsync() => await UntilAsync(async () =>
    {
        if (_process.HasExited) throw new InvalidOperationException($"The server ended: {Output}");
        Http.BaseAddress ??= Listening().Match(Output) is { Success: true } said ? new Uri(said.Groups[1].Value) : null;
        if (Http.BaseAddress is null) return false;
        try
        {
            using var answer = await Http.GetAsync("/health");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    /// <summary>Asks until the database is as wanted, and returns it.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted)
    {
        JsonElement seen = default;
        await UntilAsync(async () => wanted(seen = await Http.GetFromJsonAsync<JsonElement>($"/databases/{id}")), () => seen.ToString());
        return seen;
    }

    public Task<JsonElement> UntilStatusAsync(string id, string status) =>
        UntilAsync(id, database => database.GetProperty("status").GetString() == status);

    /// <summary>Sends JSON and returns the answer's; throws with the problem when it is not a success.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? text.Length == 0 ? default : JsonDocument.Parse(text).RootElement
            : throw new HttpRequestException($"{method} {path}: {text}", null, answer.StatusCode);
    }

    public Task<JsonElement> CreateTierAsync(string id = "dev", string strategy = "hard", bool pooled = false) => SendAsync(HttpMethod.Post, "/tiers", new
    {
        id,
        description = "For trying things out",
        postgres_version = 15,
        instances = 1,
        cpu_cores = 1,
        memory_gib = 1,
        storage = new { size_gib = 1 },
        pooling = pooled ? new { mode = "transaction", max_connections = 20 } : null,
        destruction_strategy = strategy,
    });

    public async Task<string> CreateDatabaseAsync(string name, string tier = "dev") =>
        (await SendAsync(HttpMethod.Post, "/databases", new { name, owner_team = "checkout", purpose = "a test", tier })).GetProperty("id").GetString()!;

    /// <summary>Repeats a request while it is answered 503, as a client would, and returns its answer.</summary>
    public static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> request)
    {
        T? answer = default;
        await UntilAsync(async () =>
        {
            try
            {
                answer = await request();
                return true;
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return false;
            }
        });
        return answer!;
    }

    /// <summary>kill -9 of any process, returning when it is gone.</summary>
    public static async Task KillProcessAsync(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it where it is, as SIGSTOP does.</summary>
    public void Freeze() => _ = ScratchDirectory.Signal(_process.Id, Stop);

    /// <summary>Lets it go on after <see cref="Freeze"/>.</summary>
    public void Thaw() => _ = ScratchDirectory.Signal(_process.Id, Continue);

    /// <summary>Asks it to end, and waits until it has; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        _ = ScratchDirectory.Signal(_process.Id, Terminate);
        return await WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            await StopAsync();
        }

        _process.Dispose();
    }

    /// <summary>Looks again and again until it is so.</summary>
    /// <param name="reached">One look.</param>
    /// <param name="seen">What to tell when it does not come to that.</param>
    public static async Task UntilAsync(Func<Task<bool>> reached, Func<string>? seen = null)
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(LookEvery);
        while (!await reached())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
            {
                throw new TimeoutException($"Not reached within {Patience}. {seen?.Invoke()}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    [GeneratedRegex(@"(?:serves|stands by) on +(http://\S+)")]
    private static partial Regex Listening();

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
