using System.Globalization;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>What PostgreSQL writes to <c>postmaster.pid</c>: line 1 its process id, line 8 its state.</summary>
internal sealed record PostmasterPidFile(int Pid, bool Ready)
{
    public static PostmasterPidFile? Read(string pgdata)
    {
        try
        {
            return Parse(File.ReadAllLines(Path.Combine(pgdata, "postmaster.pid")));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal static PostmasterPidFile? Parse(string[] lines) =>
        lines.Length > 0 && int.TryParse(lines[0], NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid) && pid > 1
            ? new PostmasterPidFile(pid, lines.Length >= 8 && lines[7].Trim() == "ready")
            : null;
}
