using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansDaap.IntegrationTests.LocalPostgres;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>
/// A server with a tier that takes backups and archives, and what tests ask of its databases. It starts when it is first needed, and can be
/// killed and started anew.
/// </summary>
public sealed class BackedUpServer : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>As the other, but what is deleted is frozen.</summary>
    public const string FreezingTier = "resting";

    private const string Tier = "dev";

    /// <summary>So that the only backups are the first one and those that are asked for.</summary>
    private const string Seldom = "0 0 1 1 *";

    private readonly ScratchDirectory _data = new();
    private ServerProcess? _process;
    private string? _source;

    /// <summary>Further settings of the server, as environment variables.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    public ScratchDirectory Data => _data;

    private ServerProcess Running => _process ?? throw new InvalidOperationException("The server has not been started.");

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>The database that the tests of a class share, which stays ready.</summary>
    public async Task<string> SourceAsync() => _source ??= await CreateAsync("orders");

    public async Task KillAndRestartAsync()
    {
        await Running.KillAsync();
        await Running.DisposeAsync();
        _process = await ServerProcess.StartAsync(_data, Settings);
    }

    /// <summary>Kills it at the first sight of something, and starts it again.</summary>
    public async Task KillWhenAsync(Func<bool> seen)
    {
        await ServerProcess.UntilAsync(() => Task.FromResult(seen()));
        await KillAndRestartAsync();
    }

    public async Task StopAsync() => Assert.Equal(0, await Running.StopAsync());

    public Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null) => Running.SendAsync(method, path, body);

    public Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted) => Running.UntilAsync(id, wanted);

    public Task<JsonElement> UntilStatusAsync(string id, string status) => Running.UntilStatusAsync(id, status);

    /// <summary>One that is ready and has its first backup.</summary>
    public async Task<string> CreateAsync(string name, string tier = Tier)
    {
        var id = await BeginAsync(name, tier);
        await UntilAsync(id, database => Status(database) == "ready" && database.GetProperty("backup").GetProperty("last_successful_at").ValueKind == JsonValueKind.String);
        return id;
    }

    /// <summary>One that was just asked for.</summary>
    public async Task<string> BeginAsync(string name, string tier = Tier)
    {
        if (_process is null) await StartAsync();
        return await Running.CreateDatabaseAsync(name, tier);
    }

    public async Task<string> AskAsync(string id, string query)
    {
        var connection = (await UntilStatusAsync(id, "ready")).GetProperty("connection");
        var ca = connection.GetProperty("ca").GetProperty("path").GetString();
        var passwords = Path.Combine(connection.GetProperty("credentials").GetProperty("path").GetString()!, "pgpass");
        return await Psql.AskAsync($"{connection.GetProperty("uri").GetString()}&sslrootcert={ca}", query, passwords);
    }

    public async Task<DateTimeOffset> NowAsync(string id) => DateTimeOffset.Parse(
        await AskAsync(id, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"), CultureInfo.InvariantCulture);

    /// <summary>Commits one row, and returns a moment after it and before whatever comes next.</summary>
    public async Task<DateTimeOffset> WriteAsync(string id, int row)
    {
        await AskAsync(id, $"CREATE TABLE IF NOT EXISTS written (n int); INSERT INTO written VALUES ({row})");
        return await NowAsync(id);
    }

    public Task<string> RowsAsync(string id) => AskAsync(id, "SELECT string_agg(n::text, ',' ORDER BY n) FROM written");

    public async Task<string> RestoreAsync(string source, DateTimeOffset moment) =>
        (await SendAsync(HttpMethod.Post, $"/databases/{source}/restore", new { target_time = moment })).GetProperty("id").GetString()!;

    /// <summary>Newest first.</summary>
    public async Task<JsonElement[]> BackupsAsync(string id) =>
        [.. (await SendAsync(HttpMethod.Get, $"/databases/{id}/backups")).GetProperty("items").EnumerateArray()];

    /// <param name="id">The database.</param>
    /// <param name="type">Full or incremental.</param>
    /// <param name="key">Of one request, however often it is sent.</param>
    public async Task<string> BackUpAsync(string id, string type, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/databases/{id}/backups") { Content = JsonContent.Create(new { type }) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await Running.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Waits for the end of a backup or another operation, and returns how it ended.</summary>
    public async Task<JsonElement> EndedAsync(string operation)
    {
        JsonElement seen = default;
        await ServerProcess.UntilAsync(
            async () => Status(seen = await SendAsync(HttpMethod.Get, $"/operations/{operation}")) != "running", () => $"{seen}");
        return seen;
    }

    public async Task SucceedsAsync(string operation)
    {
        var ended = await EndedAsync(operation);
        Assert.True(Status(ended) == "succeeded", $"{ended}");
    }

    public async Task<int> UsedAsync() =>
        (await SendAsync(HttpMethod.Get, $"/tiers/{Tier}/quota")).GetProperty("used").GetProperty("databases").GetInt32();

    /// <summary>What the server keeps here of the database's backups.</summary>
    public string Notes(string id) => Path.Combine(_data.Path, "pgbackrest", id);

    public string Repository => Path.Combine(_data.Path, "backups");

    public string Cluster(string id) => Path.Combine(_data.Path, "clusters", id);

    public string Scratch(string id) => Path.Combine(_data.Path, "scratch", id);

    /// <summary>Whether pgBackRest does that where its command line says so.</summary>
    public bool RunsPgBackRest(string command, string where) => _data.FindProcesses().Select(pid => ProcFile.Read(pid, "cmdline")).Any(line =>
        line.Contains("pgbackrest\0", StringComparison.Ordinal) && line.Contains($"\0{command}\0", StringComparison.Ordinal) && line.Contains(where, StringComparison.Ordinal));

    /// <summary>Nothing is left of a restore, a backup or a drill that was cut short.</summary>
    public void AssertNothingHalfMade()
    {
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_data.Path, "clusters"), "*.restore", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_data.Path, "scratch")));
        Assert.DoesNotContain(_data.FindProcesses(), pid => ProcFile.Read(pid, "cmdline") is var line
            && (line.Contains(".restore", StringComparison.Ordinal) || line.Contains("/scratch/", StringComparison.Ordinal)));
    }

    /// <summary>Deletes them with their backups: nothing that bears their names is left.</summary>
    public async Task DeleteAsync(params string[] ids)
    {
        foreach (var id in ids) await SendAsync(HttpMethod.Delete, $"/databases/{id}?force=true");
        foreach (var id in ids) await GoneAsync(id);
    }

    /// <summary>Waits for the end of one that is being deleted: nothing that bears its name is left.</summary>
    public async Task GoneAsync(string id)
    {
        await UntilStatusAsync(id, "deleted");
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_data.Path, "*", everything), path => path.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain(_data.FindProcesses(), pid => ProcFile.Read(pid, "cmdline").Contains(id, StringComparison.Ordinal));
    }

    /// <summary>Restores it to a moment between two changes, sees that the new one has the first of them only, and deletes that.</summary>
    public async Task RestoresAsync(string id, int row)
    {
        var moment = await WriteAsync(id, row);
        var rows = await RowsAsync(id);
        await WriteAsync(id, row + 1);
        var restored = await RestoreAsync(id, moment);
        Assert.Equal(rows, await RowsAsync(restored));
        AssertNothingHalfMade();
        await DeleteAsync(restored);
    }

    /// <summary>The backups of a database in the repository that are whole: that file is the last to be written.</summary>
    public int CountStored(string id) => Path.Combine(_data.Path, "backups", "backup", id) is var directory && Directory.Exists(directory)
        ? Directory.EnumerateDirectories(directory).Count(set => char.IsAsciiDigit(Path.GetFileName(set)[0]) && File.Exists(Path.Combine(set, "backup.manifest")))
        : 0;

    public static string Status(JsonElement one) => one.GetProperty("status").GetString()!;

    private async Task StartAsync()
    {
        _process = await ServerProcess.StartAsync(_data, Settings);
        await AddTierAsync(Tier, "archive");
        await AddTierAsync(FreezingTier, "freeze");
    }

    private Task<JsonElement> AddTierAsync(string id, string strategy) => SendAsync(HttpMethod.Post, "/tiers", new
    {
        id,
        description = "For trying things out",
        postgres_version = 15,
        instances = 1,
        cpu_cores = 1,
        memory_gib = 1,
        storage = new { size_gib = 1 },
        backup = new { schedule = Seldom, retention_days = 7 },
        drill = Seldom,
        destruction_strategy = strategy,
        archive_retention_days = strategy == "archive" ? 7 : (int?)null,
    });
}
