using System.Buffers.Binary;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>What of <c>global/pg_control</c> is of interest without a process: whether PostgreSQL was shut down, and when.</summary>
internal static class ControlFile
{
    private const int Size = 8192;

    // struct ControlFileData begins the same since long before PostgreSQL 15: two versions, an identifier of 8 bytes, then the state.
    private const int StateOffset = 16;
    private const int ShutDown = 1;

    /// <summary>Without it pgBackRest does not know whose changes it is to archive.</summary>
    public static bool IsWhole(string pgdata) => new FileInfo(Path.Combine(pgdata, "global", "pg_control")) is { Exists: true, Length: Size };

    /// <summary>When it was shut down in order, with everything on disk; null while it runs and after a crash.</summary>
    public static DateTimeOffset? ShutDownAt(string pgdata)
    {
        var file = new FileInfo(Path.Combine(pgdata, "global", "pg_control"));
        try
        {
            using var stream = file.OpenRead();
            var head = new byte[StateOffset + sizeof(int)];
            stream.ReadExactly(head);
            return BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(StateOffset)) == ShutDown ? new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero) : null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or EndOfStreamException)
        {
            return null;
        }
    }
}
