using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.PgBouncer;

/// <summary>Starts and stops one cluster's PgBouncer, which puts itself in the background in a session of its own.</summary>
internal sealed class PgBouncerServer(IOptions<LocalPostgresOptions> options, ToolRunner tools, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>It holds nothing that could be lost, so it is not waited for long.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private const long LargestLog = 10 * 1024 * 1024;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    private static readonly string[] SystemDirectories = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"];

    public static bool IsRunning(string directory) => RunningPid(directory) is not null;

    /// <summary>Throws when it is not installed.</summary>
    public string FindProgram()
    {
        var candidates = options.Value.PgBouncer is { } named
            ? [named]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Concat(SystemDirectories).Select(directory => Path.Combine(directory, "pgbouncer"));
        return candidates.FirstOrDefault(File.Exists) ?? throw new ClusterFailureException(
            "pgbouncer-not-installed", "The tier has pooling, and PgBouncer is not installed on this machine. Install it, or name the program in Daap:Local:PgBouncer.");
    }

    /// <summary>Starts it, or tells a running one to read its files again.</summary>
    public async Task EnsureAsync(string program, PgBouncerPlace place, CancellationToken cancellationToken)
    {
        if (await IsRunningOrClearedAsync(place, cancellationToken) && RunningPid(place.Directory) is { } pid)
        {
            Posix.Signal(pid, Posix.Hangup);
            return;
        }

        var log = new FileInfo(place.LogFile);
        var logEnd = log.Exists ? log.Length : 0;
        await tools.RunAsync(program, ["--daemon", "--quiet", place.IniFile], cancellationToken);
        var deadline = time.GetUtcNow() + StartPatience;
        while (RunningPid(place.Directory) is null)
        {
            if (time.GetUtcNow() > deadline)
                throw new ClusterFailureException("pgbouncer-start-failed", $"PgBouncer did not start. It said: {Tail(place.LogFile, logEnd)}");
            await Task.Delay(Step, time, cancellationToken);
        }
    }

    public async Task StopAsync(string directory, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + StopPatience;
        for (var asked = false; RunningPid(directory) is { } pid; asked = true)
        {
            if (!asked) Posix.Signal(pid, Posix.Terminate);
            if (time.GetUtcNow() > deadline) Posix.Signal(pid, Posix.Kill);
            await Task.Delay(Step, time, cancellationToken);
        }

        foreach (var stray in FindProcesses(directory)) Posix.Signal(stray, Posix.Kill);
        if (Directory.Exists(directory)) File.Delete(Path.Combine(directory, "pgbouncer.pid"));
    }

    /// <summary>
    /// True when it runs, which one that was only starting may do by now; else nothing is left of the last one. Without its pid file nothing
    /// would ever stop it, and its port would look like a stranger's.
    /// </summary>
    public async Task<bool> IsRunningOrClearedAsync(PgBouncerPlace place, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + StartPatience;
        while (RunningPid(place.Directory) is null)
        {
            if (FindProcesses(place.Directory) is not { Count: > 0 } strays)
            {
                File.Delete(place.PidFile);
                return false;
            }

            if (time.GetUtcNow() > deadline)
            {
                foreach (var stray in strays) Posix.Signal(stray, Posix.Kill);
            }

            await Task.Delay(Step, time, cancellationToken);
        }

        return true;
    }

    private static IReadOnlyList<int> FindProcesses(string directory) =>
        ProcessTable.FindWithArgument(Path.Combine(directory, "pgbouncer.ini"), "pgbouncer");

    /// <summary>Begins its log anew at a size, and keeps the one before. A running one opens the new file when it is told to.</summary>
    public static void RotateLog(string directory, string logs)
    {
        var log = new FileInfo(Path.Combine(logs, "pgbouncer.log"));
        if (!log.Exists || log.Length < LargestLog) return;
        File.Move(log.FullName, log.FullName + ".1", overwrite: true);
        if (RunningPid(directory) is { } pid) Posix.Signal(pid, Posix.Hangup);
    }

    private static string Tail(string logFile, long from)
    {
        if (!File.Exists(logFile)) return "nothing";
        using var log = new FileStream(logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) { Position = from };
        using var reader = new StreamReader(log);
        return string.Join('\n', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5));
    }

    private static int? RunningPid(string directory)
    {
        try
        {
            return int.TryParse(File.ReadAllText(Path.Combine(directory, "pgbouncer.pid")), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid)
                && pid > 1 && ProcessTable.RunsWithArgument(pid, Path.Combine(directory, "pgbouncer.ini"), "pgbouncer")
                ? pid
                : null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
