using System.Diagnostics;
using System.Text;
using Npgsql;

namespace OrleansDaap.Testing;

/// <summary>
/// A throw-away PostgreSQL on a Unix socket in a directory of its own. It commits before it answers but flushes nothing: tests kill
/// the process, and what it has written stays with the operating system. Stopped by its process id.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private const string Superuser = "postgres";

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"daap-pg-{Guid.NewGuid():N}"[..20]);
    private readonly string _binaries;
    private Process? _server;
    private int _databases;

    private TestPostgres(string binaries) => _binaries = binaries;

    /// <summary>Why tests that need PostgreSQL cannot run here; null where they can, and in CI, where they must.</summary>
    public static string? SkipReason { get; } = FindBinaries() is null && Environment.GetEnvironmentVariable("CI") is null or ""
        ? "PostgreSQL's initdb and postgres are not installed (looked in PATH and /usr/lib/postgresql)."
        : null;

    private string DataDirectory => Path.Combine(_directory, "data");

    public static async Task<TestPostgres> StartAsync()
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException("PostgreSQL is not installed, and CI is set: its tests must not be skipped.");
        var postgres = new TestPostgres(binaries);
        Directory.CreateDirectory(postgres._directory);
        await postgres.InitialiseAsync();
        await postgres.RunAsync();
        return postgres;
    }

    /// <summary>Makes a database that no other test uses.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Ends it as kill -9 does: it writes nothing on the way out.</summary>
    public async Task KillAsync()
    {
        var server = _server ?? throw new InvalidOperationException("It does not run.");
        _server = null;
        server.Kill();
        await server.WaitForExitAsync();
        server.Dispose();
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>; returns when it accepts connections.</summary>
    /// <param name="more">Further arguments of its command line.</param>
    public Task RestartAsync(params string[] more) => RunAsync(more);

    /// <summary>A copy of its files, as a base backup is one; it runs once it is started with <see cref="RecoverAsync"/>.</summary>
    public async Task<TestPostgres> BackUpAsync()
    {
        var copy = new TestPostgres(_binaries);
        Directory.CreateDirectory(copy._directory);
        await OwnAsync(copy._directory);
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var begin = new NpgsqlCommand("SELECT pg_backup_start('copy', true)", connection);
        await begin.ExecuteNonQueryAsync();
        using var cp = StartAsPostgres("cp", ["-a", DataDirectory, copy.DataDirectory], "");
        await FinishAsync(cp);
        await using var end = new NpgsqlCommand("SELECT labelfile FROM pg_backup_stop(false)", connection);
        await File.WriteAllTextAsync(Path.Combine(copy.DataDirectory, "backup_label"), (string?)await end.ExecuteScalarAsync());
        await File.WriteAllTextAsync(Path.Combine(copy.DataDirectory, "recovery.signal"), "");
        File.Delete(Path.Combine(copy.DataDirectory, "postmaster.pid"));
        await OwnAsync(copy.DataDirectory);
        return copy;
    }

    /// <summary>Starts a copy; returns when it has recovered and accepts connections.</summary>
    /// <param name="arguments">Of its command line: from where and up to what.</param>
    public Task RecoverAsync(params string[] arguments) => RunAsync(arguments);

    /// <summary>How one of its databases is reached.</summary>
    public string ConnectionString(string database) => $"Host={_directory};Username={Superuser};Database={database}";

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            // Asked to stop at once, it takes its children along; killed, it would leave them to write into what is deleted here.
            using var quit = Start("kill", ["-QUIT", $"{server.Id}"]);
            await FinishAsync(quit);
            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string? FindBinaries()
    {
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        var packaged = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin"))
            : [];
        return packaged.Concat(path).FirstOrDefault(
            directory => File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres")));
    }

    private async Task InitialiseAsync()
    {
        await OwnAsync(_directory);

        // -N: the files of an empty cluster need not be flushed; what the tests write is.
        using var initdb = StartAsPostgres("initdb", ["-D", DataDirectory, "-U", Superuser, "-A", "trust", "-N", "--encoding=UTF8", "--locale=C"]);
        await FinishAsync(initdb);
    }

    private async Task RunAsync(params string[] more)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = StartAsPostgres(
                "postgres",
                ["-D", DataDirectory, "-k", _directory, "-c", "listen_addresses=", "-c", "max_connections=120", "-c", "fsync=off", "-c", "log_min_messages=log", .. more]);
            var log = new StringBuilder();
            var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            server.ErrorDataReceived += (_, line) =>
            {
                if (line.Data is null)
                    ready.TrySetResult(false);
                else if (line.Data.Contains("database system is ready to accept connections", StringComparison.Ordinal))
                    ready.TrySetResult(true);
                else if (!ready.Task.IsCompleted)
                    log.AppendLine(line.Data);
            };
            server.BeginErrorReadLine();
            if (await ready.Task)
            {
                _server = server;
                return;
            }

            // Children of a killed server keep its shared memory until they notice.
            server.Dispose();
            if (attempt == 50)
                throw new InvalidOperationException($"PostgreSQL does not start: {log}");
        }
    }

    private async Task OwnAsync(string directory)
    {
        if (Environment.UserName != "root") return;
        using var chown = Start("chown", ["-R", Superuser, directory]);
        await FinishAsync(chown);
    }

    private Process StartAsPostgres(string program, string[] arguments, string? folder = null)
    {
        var path = Path.Combine(folder ?? _binaries, program);
        return Environment.UserName == "root"
            ? Start("setpriv", [$"--reuid={Superuser}", $"--regid={Superuser}", "--init-groups", path, .. arguments])
            : Start(path, arguments);
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }

    private static async Task FinishAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{process.StartInfo.FileName} failed: {await output}{await errors}");
    }
}
