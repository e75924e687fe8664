using System.Diagnostics;
using System.Globalization;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Processes;

/// <summary>
/// Tells whether a process id from a pid file still is the process that wrote it: after a reboot or a crash the number may belong to
/// a stranger. PostgreSQL's processes stay in their data directory, and PgBouncer's command line names its file. Where there is no
/// <c>/proc</c> (macOS) the program's name has to do.
/// </summary>
internal static class ProcessTable
{
    private static readonly bool HasProc = Directory.Exists("/proc/self/cwd");

    public static bool RunsIn(int pid, string directory, string program) =>
        HasProc ? DirectoryOf(pid) == directory : HasName(pid, program);

    public static bool RunsWithArgument(int pid, string argument, string program) =>
        HasProc ? ArgumentsOf(pid).Contains(argument) : HasName(pid, program);

    /// <summary>Every process of that program whose working directory that is; none where there is no <c>/proc</c>.</summary>
    public static IReadOnlyList<int> FindIn(string directory, string program)
    {
        if (!HasProc) return [];
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(entry => int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 1 && DirectoryOf(pid) == directory && ProgramOf(pid) == program)];
    }

    // A zombie has no directory and no arguments any more, so it counts as gone.
    private static string? DirectoryOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A person's shell may stand in the directory too.
    private static string? ProgramOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] ArgumentsOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool HasName(int pid, string program)
    {
        try
        {
            if (!Posix.Signal(pid, 0)) return false;
            using var process = Process.GetProcessById(pid);
            return process.ProcessName == program;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
