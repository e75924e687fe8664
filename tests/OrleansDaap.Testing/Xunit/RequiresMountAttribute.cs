using System.Diagnostics;

namespace OrleansDaap.Testing.Xunit;

/// <summary>The tests of the class mount a small disk, which root may on most machines and in few containers.</summary>
public sealed class RequiresMountAttribute : DependencyAttribute
{
    private static readonly Lazy<string?> _missing = new(Try);

    public override bool IsOfMachine => true;

    public override string? FindMissing() => _missing.Value;

    /// <summary>Null when it is done, else what the program said.</summary>
    public static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}. {said}";
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return "Only root on Linux mounts a disk.";
        var disk = Directory.CreateTempSubdirectory("daap-disk-").FullName;
        try
        {
            return Run("mount", "-t", "tmpfs", "-o", "size=1m", "daap-test", disk) is { } refused ? $"No disk can be mounted here: {refused}" : Run("umount", disk);
        }
        finally
        {
            Directory.Delete(disk);
        }
    }
}
