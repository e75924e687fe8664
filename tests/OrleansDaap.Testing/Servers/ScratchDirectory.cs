using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansDaap.Testing.Servers;

/// <summary>
/// An empty data directory, short, for it holds Unix sockets. Disposing it ends every process that was started in it, by id, and
/// removes it.
/// </summary>
public sealed partial class ScratchDirectory : IDisposable
{
    private const int Kill = 9;

    public ScratchDirectory()
    {
        Path = Directory.CreateTempSubdirectory("daap-").FullName;

        // PostgreSQL's user must get through.
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Path { get; }

    /// <summary>For the servers over this directory and their databases.</summary>
    public PortBlock Ports { get; } = PortBlock.Take();

    /// <summary>The processes that work in it or name it in their command line.</summary>
    public IReadOnlyList<int> FindProcesses() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(entry => int.TryParse(System.IO.Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 1 && pid != Environment.ProcessId && IsOurs(pid)),
    ];

    public void Dispose()
    {
        while (FindProcesses() is { Count: > 0 } left)
        {
            foreach (var pid in left)
            {
                _ = Signal(pid, Kill);
            }
        }

        Directory.Delete(Path, recursive: true);
        Ports.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int pid, int signal);

    private bool IsOurs(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget?.StartsWith(Path, StringComparison.Ordinal) == true
                || File.ReadAllText($"/proc/{pid}/cmdline").Contains(Path, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
