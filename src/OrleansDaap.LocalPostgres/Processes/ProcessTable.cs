using System.Diagnostics;
using System.Globalization;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Processes;

/// <summary>
/// Tells whether a process id from a pid file still is the process that wrote it: after a reboot or a crash the number may belong to
/// a stranger. The command lines tell, and the user: they need no rights over the process, while its working directory needs those of a
/// debugger, which containers take even from root. Where there is no <c>/proc</c> (macOS) the program's name has to do.
/// </summary>
internal static class ProcessTable
{
    private static readonly bool HasProc = Directory.Exists("/proc/self/cwd");

    /// <summary>A process of that program that was started on that data directory. One that cannot be looked at is taken for it.</summary>
    public static bool RunsIn(int pid, string directory, string program) =>
        HasProc ? IsOrIsHidden(pid, () => IsOf(pid, directory) && Read(pid, "comm").Trim() == program && Serves(pid, directory)) : HasName(pid, program);

    /// <summary>A process with that file in its command line. One that cannot be looked at is taken for it.</summary>
    public static bool RunsWithArgument(int pid, string file, string program) =>
        HasProc ? IsOrIsHidden(pid, () => IsOf(pid, file) && Arguments(pid).Contains(file)) : HasName(pid, program);

    /// <summary>Every process of that program with that file in its command line; none where there is no <c>/proc</c>.</summary>
    public static IReadOnlyList<int> FindWithArgument(string file, string program) =>
        Find(pid => Read(pid, "comm").StartsWith(program, StringComparison.Ordinal) && IsOf(pid, file) && Arguments(pid).Contains(file));

    /// <summary>Every process of that program with all of these arguments; a path of its owner is among them. None where there is no <c>/proc</c>.</summary>
    public static IReadOnlyList<int> FindWithArguments(string program, string ownersPath, params string[] arguments) => Find(pid =>
        Read(pid, "comm").StartsWith(program, StringComparison.Ordinal) && IsOf(pid, ownersPath) && arguments.All(Arguments(pid).Contains));

    /// <summary>
    /// Every process of that program that was started on that data directory, and the children of one, whose command lines are titles
    /// that begin with <paramref name="title"/>; none where there is no <c>/proc</c>.
    /// </summary>
    public static IReadOnlyList<int> FindIn(string directory, string program, string title) => Find(pid =>
        Read(pid, "comm").Trim() == program && IsOf(pid, directory) && (Read(pid, "cmdline").StartsWith(title, StringComparison.Ordinal) || Serves(pid, directory)));

    /// <summary>Every process of that program whose command line says that it was started on that data directory.</summary>
    public static IReadOnlyList<int> FindStarted(string directory, string program) =>
        Find(pid => Read(pid, "comm").Trim() == program && Names(Arguments(pid), directory) && IsOf(pid, directory));

    /// <summary>Every process on its way to become PostgreSQL in that directory: <c>pg_ctl start</c>, and the shell that it starts it with.</summary>
    public static IReadOnlyList<int> FindStarting(string directory) => Find(pid =>
    {
        var line = Read(pid, "cmdline");
        if (!line.Contains(directory, StringComparison.Ordinal) || !IsOf(pid, directory)) return false;
        return Read(pid, "comm").Trim() == "pg_ctl"
            ? Arguments(pid).Contains("start") && Names(Arguments(pid), directory)
            : line.Contains($"postgres\" -D \"{directory}\"", StringComparison.Ordinal);
    });

    private static IReadOnlyList<int> Find(Func<int, bool> wanted)
    {
        if (!HasProc) return [];
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(entry => int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 1 && IsAndShows(() => wanted(pid)))];
    }

    // The command line of whoever started it by hand may name the directory in another way.
    private static bool Serves(int pid, string directory) => Names(Arguments(pid), directory) || DirectoryOf(pid) == directory;

    private static bool Names(string[] arguments, string directory) => Array.IndexOf(arguments, "-D") is >= 0 and var option
        && option + 1 < arguments.Length && arguments[option + 1] == directory;

    // Anyone may write anything into a command line, but only as himself. The kernel shows root for a process that keeps to itself.
    private static bool IsOf(int pid, string path) =>
        Posix.OwnerOf(path) is not { } owner || Posix.OwnerOf($"/proc/{pid}") is { } user && (user == owner || user == 0);

    private static string[] Arguments(int pid) => Read(pid, "cmdline").Split('\0');

    // Null for a zombie, which has none any more, and for one that only a debugger may ask.
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

    // Empty for a process that is gone; for a zombie the command line is.
    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }

    // That something may not be seen does not mean that it is gone.
    private static bool IsOrIsHidden(int pid, Func<bool> look)
    {
        try
        {
            return look();
        }
        catch (UnauthorizedAccessException)
        {
            return Directory.Exists($"/proc/{pid}");
        }
    }

    private static bool IsAndShows(Func<bool> look)
    {
        try
        {
            return look();
        }
        catch (UnauthorizedAccessException)
        {
            return false;
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
