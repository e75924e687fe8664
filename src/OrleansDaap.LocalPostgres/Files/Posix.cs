using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansDaap.LocalPostgres.Files;

/// <summary>The few system calls that .NET has no name for: owners, signals, and the fsync of a directory.</summary>
internal static partial class Posix
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    private const int NoSuchProcess = 3;

    /// <summary>Sends a signal; 0 only asks. False when there is no such process.</summary>
    public static bool Signal(int pid, int signal)
    {
        // 0 and negative numbers name whole process groups.
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        if (kill(pid, signal) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error, $"Signal {signal} to process {pid} failed");
    }

    public static void Own(SafeFileHandle file, uint user, uint group) => Check(fchown(file, user, group), "change the owner of a file");

    /// <summary>Never follows a symbolic link.</summary>
    public static void Own(string path, uint user, uint group) => Check(lchown(path, user, group), $"change the owner of {path}");

    /// <summary>Makes the names in a directory survive a power loss.</summary>
    public static void SyncDirectory(string path)
    {
        // 0 is O_RDONLY everywhere.
        var directory = open(path, 0);
        Check(directory, $"open {path}");
        try
        {
            Check(fsync(directory), $"sync {path}");
        }
        finally
        {
            _ = close(directory);
        }
    }

    /// <summary>The path without symbolic links, as the kernel shows it for a process's directory.</summary>
    public static unsafe string RealPath(string path)
    {
        var resolved = realpath(path, 0);
        if (resolved == 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Could not resolve {path}");
        try
        {
            return Marshal.PtrToStringUTF8(resolved)!;
        }
        finally
        {
            NativeMemory.Free((void*)resolved);
        }
    }

    /// <summary>The user that a path belongs to, of Linux only; null when it is not there or not to be seen.</summary>
    public static unsafe uint? OwnerOf(string path)
    {
        const int currentDirectory = -100;
        const uint userId = 8;
        // struct statx is the same on every architecture: 256 bytes, the owner at the 20th.
        var buffer = stackalloc uint[64];
        return statx(currentDirectory, path, 0, userId, buffer) == 0 ? buffer[5] : null;
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

#pragma warning disable IDE1006 // The names are C's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, uint* buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, nint buffer);
#pragma warning restore IDE1006
}
