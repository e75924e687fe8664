using System.Globalization;
using System.Text.Json;
using OrleansDaap.IntegrationTests.LocalPostgres;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>A server with a tier that takes backups and archives, and what tests ask of its databases. It can be killed and started anew.</summary>
internal sealed class BackedUpServer(ScratchDirectory data, ServerProcess process) : IAsyncDisposable
{
    private const string Tier = "dev";

    /// <summary>So that the only backups are the first one and those that are asked for.</summary>
    private const string Seldom = "0 0 1 1 *";

    private ServerProcess _process = process;

    public static async Task<BackedUpServer> StartAsync(ScratchDirectory data)
    {
        var server = new BackedUpServer(data, await ServerProcess.StartAsync(data));
        await server.SendAsync(HttpMethod.Post, "/tiers", new
        {
            id = Tier,
            description = "For trying things out",
            postgres_version = 15,
            instances = 1,
            cpu_cores = 1,
            memory_gib = 1,
            storage = new { size_gib = 1 },
            backup = new { schedule = Seldom, retention_days = 7 },
            drill = Seldom,
            destruction_strategy = "archive",
            archive_retention_days = 7,
        });
        return server;
    }

    public async Task KillAndRestartAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = await ServerProcess.StartAsync(data);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    public Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null) => _process.SendAsync(method, path, body);

    public Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted) => _process.UntilAsync(id, wanted);

    public Task<JsonElement> UntilStatusAsync(string id, string status) => _process.UntilStatusAsync(id, status);

    /// <summary>One that is ready and has its first backup.</summary>
    public async Task<string> CreateAsync(string name)
    {
        var id = await _process.CreateDatabaseAsync(name, Tier);
        await UntilAsync(id, database => Status(database) == "ready" && database.GetProperty("backup").GetProperty("last_successful_at").ValueKind == JsonValueKind.String);
        return id;
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

    public async Task<string> BackUpAsync(string id, string type = "incremental") =>
        (await SendAsync(HttpMethod.Post, $"/databases/{id}/backups", new { type })).GetProperty("id").GetString()!;

    /// <summary>Waits for the end of a backup or another operation, and returns how it ended.</summary>
    public async Task<JsonElement> EndedAsync(string operation)
    {
        JsonElement seen = default;
        await ServerProcess.UntilAsync(
            async () => Status(seen = await SendAsync(HttpMethod.Get, $"/operations/{operation}")) != "running", () => $"{seen}");
        return seen;
    }

    /// <summary>Waits for the end of the latest operation of a database but its backups.</summary>
    public async Task<JsonElement> LatestEndedAsync(string id) =>
        await EndedAsync((await SendAsync(HttpMethod.Get, $"/databases/{id}")).GetProperty("operation").GetString()!);

    public async Task<int> UsedAsync() =>
        (await SendAsync(HttpMethod.Get, $"/tiers/{Tier}/quota")).GetProperty("used").GetProperty("databases").GetInt32();

    public string Cluster(string id) => Path.Combine(data.Path, "clusters", id);

    public string Scratch(string id) => Path.Combine(data.Path, "scratch", id);

    /// <summary>Whether pgBackRest does that where its command line says so.</summary>
    public bool RunsPgBackRest(string command, string where) => data.FindProcesses().Select(CommandLine).Any(line =>
        line.Contains("pgbackrest\0", StringComparison.Ordinal) && line.Contains($"\0{command}\0", StringComparison.Ordinal) && line.Contains(where, StringComparison.Ordinal));

    /// <summary>Nothing is left of a restore, a backup or a drill that was cut short.</summary>
    public void AssertNothingHalfMade()
    {
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(data.Path, "clusters"), "*.restore", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(data.Path, "scratch")));
        Assert.DoesNotContain(data.FindProcesses(), pid => CommandLine(pid) is var line
            && (line.Contains(".restore", StringComparison.Ordinal) || line.Contains("/scratch/", StringComparison.Ordinal)));
    }

    /// <summary>Deletes them with their backups: nothing that bears their names is left.</summary>
    public async Task DeleteAsync(params string[] ids)
    {
        foreach (var id in ids) await SendAsync(HttpMethod.Delete, $"/databases/{id}?force=true");
        foreach (var id in ids) await UntilStatusAsync(id, "deleted");
        foreach (var id in ids)
        {
            var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
            Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(data.Path, "*", everything), path => path.Contains(id, StringComparison.Ordinal));
            Assert.DoesNotContain(data.FindProcesses(), pid => CommandLine(pid).Contains(id, StringComparison.Ordinal));
        }
    }

    public static string Status(JsonElement one) => one.GetProperty("status").GetString()!;

    // Empty for one that has just ended.
    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
