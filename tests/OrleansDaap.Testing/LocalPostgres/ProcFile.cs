namespace OrleansDaap.Testing.LocalPostgres;

/// <summary>What the system tells of a process.</summary>
public static class ProcFile
{
    /// <summary>Nothing, should the process have ended since it was found.</summary>
    public static string Read(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
