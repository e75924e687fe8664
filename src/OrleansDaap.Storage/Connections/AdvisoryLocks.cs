namespace OrleansDaap.Storage.Connections;

/// <summary>The platform's advisory locks: in SQL <c>(space, number)</c>, all in one space, per database.</summary>
internal static class AdvisoryLocks
{
    /// <summary>'DAAP', as in <c>sql/0005_silo_fence.sql</c>.</summary>
    public const int Space = 0x44414150;

    /// <summary>Held shared by every fenced write transaction, exclusively while the token is raised.</summary>
    public const int FenceNumber = 2;

    private const int LeaseNumber = 1;
    private const int MigrationsNumber = 3;

    public static string Lease(string function) => $"{function}({Space}, {LeaseNumber})";

    public static string Fence(string function) => $"{function}({Space}, {FenceNumber})";

    public static string Migrations(string function) => $"{function}({Space}, {MigrationsNumber})";
}
