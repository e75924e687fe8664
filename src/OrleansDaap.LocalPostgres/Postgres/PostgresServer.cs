using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>
/// Starts and stops the PostgreSQL of one data directory. <c>pg_ctl</c> puts it in a session of its own, tied neither to this
/// server's life nor to its terminal.
/// </summary>
internal sealed class PostgresServer(ToolRunner tools, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>Only crash recovery of a large database takes longer; it goes on, and the next apply finds it ready.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    /// <summary>A fast stop writes a checkpoint; an immediate one leaves that to the next start, so it is soon done.</summary>
    private static readonly TimeSpan FastStopPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ImmediateStopPatience = TimeSpan.FromSeconds(10);

    /// <summary>What a killed postmaster leaves ends by itself, once it has noticed.</summary>
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(5);

    /// <summary>Alive, if perhaps not yet ready.</summary>
    public static bool IsRunning(string pgdata) => PostmasterPidFile.Read(pgdata) is { } file && IsPostmaster(file, pgdata);

    public static bool IsReady(string pgdata) => PostmasterPidFile.Read(pgdata) is { Ready: true } file && IsPostmaster(file, pgdata);

    /// <summary>Returns when it takes connections; does nothing more when it already does.</summary>
    /// <param name="installation">Whose programs.</param>
    /// <param name="pgdata">Where.</param>
    /// <param name="logs">Where it says why it does not.</param>
    /// <param name="socketFile">Removed when a crash left it.</param>
    /// <param name="cancellationToken">Ends the wait, not the start.</param>
    /// <param name="patience">How long it may recover; null: a minute.</param>
    public async Task StartAsync(
        PostgresInstallation installation, string pgdata, string logs, string socketFile, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var log = StartLog.Begin(logs);
        Task<ToolResult>? starting = null;
        if (!await IsRunningOrClearedAsync(pgdata, socketFile, cancellationToken))
        {
            // pg_ctl knows at once when its child dies, but sees that it is ready only in steps of 100 ms: the pid file is read beside it.
            // It is not cut short: half-way there is a PostgreSQL that nothing tells of.
            starting = tools.TryAsync(
                installation.Tool("pg_ctl"),
                ["start", "-w", "-t", $"{StartPatience.TotalSeconds:0}", "-D", pgdata, "-l", log.ErrorFile],
                CancellationToken.None);
        }

        try
        {
            await UntilReadyAsync(pgdata, starting, log, patience ?? StartPatience, cancellationToken);
        }
        finally
        {
            // Whoever interrupts this start may stop PostgreSQL next, so it has its pid file by then.
            while (starting is { IsCompleted: false } && !IsRunning(pgdata)) await Task.Delay(Step, time, CancellationToken.None);
            // It only has to notice what has been seen here; nothing hangs on its result.
            if (starting is not null) _ = starting.ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>Fast, then immediate, then by force; returns when no process of the cluster is left.</summary>
    public async Task StopAsync(string pgdata, CancellationToken cancellationToken)
    {
        // One that a killed server began to start is given the time to become one that can be asked.
        if (IsStarting(pgdata)) await EndOrphansAsync(pgdata, OrphanPatience, cancellationToken);
        foreach (var (signal, patience) in new[] { (Posix.Interrupt, FastStopPatience), (Posix.Quit, ImmediateStopPatience) })
        {
            if (PostmasterPidFile.Read(pgdata) is not { } file || !IsPostmaster(file, pgdata)) break;
            Posix.Signal(file.Pid, signal);
            var deadline = time.GetUtcNow() + patience;
            while (IsPostmaster(file, pgdata) && time.GetUtcNow() < deadline) await Task.Delay(Step, time, cancellationToken);
        }

        await EndOrphansAsync(pgdata, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Only when no PostgreSQL runs that it belongs to.</summary>
    public static void RemoveSocket(string socketFile)
    {
        File.Delete(socketFile + ".lock");
        File.Delete(socketFile);
    }

    public static void Reload(string pgdata)
    {
        if (PostmasterPidFile.Read(pgdata) is { } file && IsPostmaster(file, pgdata)) Posix.Signal(file.Pid, Posix.Hangup);
    }

    private static IReadOnlyList<int> FindProcesses(string pgdata) => ProcessTable.FindIn(pgdata, "postgres", $"postgres: {PostgresSettings.ClusterName(pgdata)}: ");

    // PostgreSQL, or what becomes it, in a directory whose pid file does not tell of it.
    private static bool IsStarting(string pgdata) =>
        !IsRunning(pgdata) && (ProcessTable.FindStarting(pgdata).Count > 0 || ProcessTable.FindStarted(pgdata, "postgres").Count > 0);

    private static bool IsPostmaster(PostmasterPidFile file, string pgdata) => ProcessTable.RunsIn(file.Pid, pgdata, "postgres");

    /// <summary>
    /// True when it runs, which one that was only starting may do by now; else nothing is left of the last one. After a crash its children
    /// may still run for a moment, and after a reboot its numbers may be a stranger's, for which PostgreSQL would refuse to start. With no
    /// process left in the directory both files are nobody's.
    /// </summary>
    public async Task<bool> IsRunningOrClearedAsync(string pgdata, string socketFile, CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(pgdata, "postmaster.pid");
        var stale = File.Exists(pidFile) ? await File.ReadAllTextAsync(pidFile, cancellationToken) : null;
        if (await EndOrphansAsync(pgdata, OrphanPatience, cancellationToken)) return true;
        if (OperatingSystem.IsMacOS()) return false;
        // A file that is another one by now is somebody's.
        if (stale is not null && File.Exists(pidFile) && await File.ReadAllTextAsync(pidFile, cancellationToken) == stale) File.Delete(pidFile);
        if (!File.Exists(pidFile)) RemoveSocket(socketFile);
        return false;
    }

    private async Task UntilReadyAsync(string pgdata, Task<ToolResult>? starting, StartLog log, TimeSpan patience, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + patience;
        while (!IsReady(pgdata))
        {
            // While it recovers and takes no connections pg_ctl calls it started: it may still die.
            if (starting is { IsCompleted: true } && !IsRunning(pgdata))
                throw Died(log.Tail() is { Length: > 0 } tail ? tail : (await starting).Errors.Trim());
            if (time.GetUtcNow() > deadline || (starting is null && !IsRunning(pgdata)))
                throw IsRunning(pgdata) ? Slow(patience) : Died(log.Tail());
            await Task.Delay(Step, time, cancellationToken);
        }
    }

    // True when one of them turned out to be a postmaster that had not written its pid file yet and is given the time to.
    private async Task<bool> EndOrphansAsync(string pgdata, TimeSpan grace, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + grace;
        if (grace > TimeSpan.Zero && IsRunning(pgdata)) return true;
        while (FindProcesses(pgdata).Concat(ProcessTable.FindStarting(pgdata)).ToArray() is { Length: > 0 } orphans)
        {
            if (time.GetUtcNow() >= deadline)
            {
                foreach (var pid in orphans) Posix.Signal(pid, Posix.Kill);
            }

            await Task.Delay(Step, time, cancellationToken);
            if (grace > TimeSpan.Zero && IsRunning(pgdata)) return true;
        }

        return false;
    }

    private static ClusterFailureException Died(string tail) => tail switch
    {
        _ when Failures.IsDiskFull(tail) => new("disk-full", $"The disk under the data directory is full; free some space. PostgreSQL said: {tail}"),
        _ when tail.Contains("Address already in use", StringComparison.Ordinal) => new("port-in-use", $"PostgreSQL's port is in use by another program; stop that one. PostgreSQL said: {tail}"),
        "" => new("postgres-start-failed", "PostgreSQL did not start, and its log does not say why."),
        _ => new("postgres-start-failed", $"PostgreSQL did not start. It said: {tail}"),
    };

    private static ClusterFailureException Slow(TimeSpan patience) => new(
        "postgres-start-slow", $"PostgreSQL was still starting after {patience.TotalSeconds:0} s, perhaps recovering from a crash; it goes on.");
}
