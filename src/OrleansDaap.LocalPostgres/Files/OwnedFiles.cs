using System.Text;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Files;

/// <summary>
/// Makes directories and small files whole: made under another name with their mode and owner, synced, then renamed, so that a reader or a crash
/// sees the old one or the new one. A symbolic link in the way is replaced, never followed.
/// </summary>
internal sealed class OwnedFiles(ToolAccount tools)
{
    /// <summary>A directory that is there is left as it is: it has its mode and owner, since it got its name last.</summary>
    public void MakeDirectory(string path, UnixFileMode mode, FileOwner owner)
    {
        if (Directory.Exists(path)) return;
        var half = Half(path);
        if (Directory.Exists(half)) Directory.Delete(half);
        Directory.CreateDirectory(half, mode);
        // The mode above is cut by the umask.
        File.SetUnixFileMode(half, mode);
        if (owner == FileOwner.Tools && tools.Switches) Posix.Own(half, tools.UserId, tools.GroupId);
        Directory.Move(half, path);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Where a directory is made that a kill may leave: under no name that is anything's.</summary>
    public static string Half(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.new");

    /// <summary>Removes what a kill left half-made in a directory.</summary>
    public static void Sweep(string directory)
    {
        // Also those of an older server, which had no dot. What holds anything is not one of ours.
        foreach (var half in Directory.EnumerateDirectories(directory, "*.new").Where(half => !Directory.EnumerateFileSystemEntries(half).Any()))
            Directory.Delete(half);
    }

    /// <summary>False when the file already held just that.</summary>
    public bool Write(string path, string content, UnixFileMode mode, FileOwner owner)
    {
        if (File.Exists(path) && File.ReadAllText(path) == content && File.GetUnixFileMode(path) == mode) return false;
        var half = path + ".new";
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        using (var file = new FileStream(half, options))
        {
            File.SetUnixFileMode(file.SafeFileHandle, mode);
            if (owner == FileOwner.Tools && tools.Switches) Posix.Own(file.SafeFileHandle, tools.UserId, tools.GroupId);
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.Move(half, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
        return true;
    }
}
