using System.Diagnostics;
using System.Text.Json;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>What a new user does, with a server that is started as a user starts it.</summary>
public sealed class WholeLifeTests : IDisposable
{
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_database_lives_from_creation_to_removal_by_what_the_API_answers_alone()
    {
        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync(strategy: "freeze", pooled: true);
        var id = await server.CreateDatabaseAsync("orders");

        var connection = (await server.UntilStatusAsync(id, "ready")).GetProperty("connection");
        Assert.Equal("7", await QueryAsync(connection, "create table t (x int); insert into t values (7); select x from t"));
        Assert.Equal("7", await QueryAsync(connection.GetProperty("pooled"), "select x from t", connection));
        foreach (var endpoint in new[] { connection, connection.GetProperty("pooled") })
        {
            var refused = await PsqlAsync(endpoint, "select 1", connection, "disable");
            Assert.NotEqual(0, refused.ExitCode);
        }

        await server.CreateTierAsync("plain", strategy: "freeze");
        await server.SendAsync(HttpMethod.Post, $"/databases/{id}/tier", new { tier = "plain" });
        var moved = await server.UntilAsync(id, database => database.GetProperty("connection").GetProperty("pooled").ValueKind == JsonValueKind.Null);
        Assert.Equal(("plain", "ready"), (moved.GetProperty("tier").GetString(), moved.GetProperty("status").GetString()));
        Assert.Contains(moved.GetProperty("extensions").EnumerateArray(), extension => extension.GetProperty("name").GetString() == "plpgsql");
        Assert.Equal("7", await QueryAsync(connection, "select x from t"));

        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
        Assert.Equal(JsonValueKind.Null, (await server.UntilStatusAsync(id, "frozen")).GetProperty("connection").ValueKind);
        Assert.NotEqual(0, (await PsqlAsync(connection, "select 1", connection)).ExitCode);

        await server.SendAsync(HttpMethod.Post, $"/databases/{id}/unfreeze");
        connection = (await server.UntilStatusAsync(id, "ready")).GetProperty("connection");
        Assert.Equal("7", await QueryAsync(connection, "select x from t"));

        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}?force=true");
        await server.UntilStatusAsync(id, "deleted");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data.Path, $"*{id}*", SearchOption.AllDirectories));
        Assert.DoesNotContain(_data.FindProcesses(), pid => ProcFile.Read(pid, "cmdline").Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_killed_server_leaves_its_databases_running_and_finds_them_as_they_were()
    {
        await using var first = await ServerProcess.StartAsync(_data);
        await first.CreateTierAsync();
        var id = await first.CreateDatabaseAsync("orders");
        var before = await first.UntilAsync(id, database => database.GetProperty("extensions_observed_at").ValueKind == JsonValueKind.String);
        var connection = before.GetProperty("connection");

        await first.KillAsync();
        Assert.Equal("1", await QueryAsync(connection, "select 1"));

        await using var second = await ServerProcess.StartAsync(_data);
        var after = await second.SendAsync(HttpMethod.Get, $"/databases/{id}");
        Assert.Equal(before.ToString(), after.ToString());
        Assert.Equal("1", await QueryAsync(connection, "select 1"));
    }

    [Fact]
    public async Task A_stopped_server_leaves_its_databases_running_and_nothing_of_its_own()
    {
        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync();
        var connection = (await server.UntilStatusAsync(await server.CreateDatabaseAsync("orders"), "ready")).GetProperty("connection");

        Assert.Equal(0, await server.StopAsync());

        Assert.Equal("1", await QueryAsync(connection, "select 1"));
        Assert.DoesNotContain(_data.FindProcesses(), pid => ProcFile.Read(pid, "cmdline").Contains("/platform/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secrets_are_for_their_owner_alone_and_in_no_answer_and_no_output()
    {
        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync(pooled: true);
        var database = await server.UntilStatusAsync(await server.CreateDatabaseAsync("orders"), "ready");
        var credentials = database.GetProperty("connection").GetProperty("credentials").GetProperty("path").GetString()!;
        var password = await File.ReadAllTextAsync(Path.Combine(credentials, "password"));

        Assert.All(Directory.EnumerateFiles(credentials), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(credentials));
        Assert.DoesNotContain(password, database.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(password, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(await File.ReadAllTextAsync(Path.Combine(_data.Path, "bootstrap-api-key")), server.Output, StringComparison.Ordinal);
        Assert.All(_data.FindProcesses(), pid => Assert.DoesNotContain(password, ProcFile.Read(pid, "cmdline"), StringComparison.Ordinal));
        foreach (var log in Directory.EnumerateFiles(_data.Path, "*", SearchOption.AllDirectories).Where(file => file.Contains("/log", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(password, await File.ReadAllTextAsync(log), StringComparison.Ordinal);
        }
    }

    private static async Task<string> QueryAsync(JsonElement endpoint, string sql, JsonElement? connection = null)
    {
        var (exitCode, output) = await PsqlAsync(endpoint, sql, connection ?? endpoint);
        Assert.True(exitCode == 0, output);
        return output.Trim().Split('\n')[^1];
    }

    private static async Task<(int ExitCode, string Output)> PsqlAsync(JsonElement endpoint, string sql, JsonElement connection, string sslMode = "verify-full")
    {
        var uri = endpoint.GetProperty("uri").GetString()!.Replace("verify-full", sslMode, StringComparison.Ordinal);
        var start = new ProcessStartInfo("psql", ["-qAt", $"{uri}&sslrootcert={connection.GetProperty("ca").GetProperty("path").GetString()}", "-c", sql])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSFILE"] = Path.Combine(connection.GetProperty("credentials").GetProperty("path").GetString()!, "pgpass");
        using var psql = Process.Start(start)!;
        var errors = psql.StandardError.ReadToEndAsync();
        var output = await psql.StandardOutput.ReadToEndAsync();
        await psql.WaitForExitAsync();
        return (psql.ExitCode, output + await errors);
    }
}
