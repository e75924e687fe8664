using System.Security.Cryptography;
using System.Text;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Files;

/// <summary>
/// Where the tools' own directories lie. That is the data directory, unless the server is root and the tools' user cannot pass through
/// to it, as in root's home: then a directory under <see cref="Elsewhere"/>, which a file in the data directory names.
/// </summary>
internal static class ToolsDirectory
{
    public const string Elsewhere = "/var/lib/orleansdaap";

    /// <summary>The file in the data directory with the path.</summary>
    public const string Pointer = "tools-directory";

    // The longest address of a Unix socket: sun_path less its final zero.
    private static readonly int LongestSocketPath = OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>How many bytes the path of a directory may have that holds the sockets' directory.</summary>
    public static int LongestPath { get; } = LongestSocketPath - "/sockets/.s.PGSQL.65535".Length;

    /// <summary>What the data directory's file names, or would be needed now; null: the data directory itself will do.</summary>
    public static string? Find(string data, ToolAccount tools)
    {
        var pointer = Path.Combine(data, Pointer);
        if (File.Exists(pointer))
        {
            var named = File.ReadAllText(pointer).Trim();
            // It is written whole; anything else was written by a person.
            return Path.IsPathRooted(named) && Path.GetDirectoryName(named) is not (null or "/")
                ? named
                : throw new InvalidOperationException($"{pointer} does not name a directory.");
        }

        // Where there are clusters already they stay.
        return tools.Switches && FindClosed(data) is not null && !Directory.Exists(Path.Combine(data, "clusters")) ? Unused(data) : null;
    }

    /// <summary>The directory on the way that is closed to others; null when there is none. What does not exist yet is made open.</summary>
    public static string? FindClosed(string path)
    {
        for (var directory = path; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            // Owners and groups are not looked at: what is open to others is open, and a name in a group is easily lost.
            if (Directory.Exists(directory) && !File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherExecute)) return directory;
        }

        return null;
    }

    // One that exists is that of a data directory which was removed; what is left there is nobody's to reuse, nor ours to remove.
    private static string Unused(string data)
    {
        var name = Path.Combine(Elsewhere, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..16]);
        var unused = name;
        for (var number = 2; Directory.Exists(unused); number++) unused = $"{name}-{number}";
        return unused;
    }
}
