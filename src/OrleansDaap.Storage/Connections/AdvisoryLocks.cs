namespace OrleansDaap.Storage.Connections;

/// <summary>The platform's advisory locks: in SQL <c>(space, number)</c>, all in one space, per database.</summary>
internal static class AdvisoryLocks
{
    /// <summary>'DAAP', as in <c>sql/0005_silo_fence.sql</c>.</summary>
    private const int Space = 0x44414150;

    /// <summary>Held shared by every fenced write transaction, exclusively while the token is raised.</summary>
    private const int FenceNumber = 2;

    private const int LeaseNumber = 1;
    private const int MigrationsNumber = 3;

    /// <summary>A condition on <c>pg_locks</c>.</summary>
    public static string IsLease { get; } = $"locktype = 'advisory' AND classid = {Space} AND objid = {LeaseNumber} AND objsubid = 2";

    /// <inheritdoc cref="IsLease"/>
    public static string IsFence { get; } = $"locktype = 'advisory' AND classid = {Space} AND objid = {FenceNumber} AND objsubid = 2";

    public static string Lease(string function) => $"{function}({Space}, {LeaseNumber})";

    public static string Fence(string function) => $"{function}({Space}, {FenceNumber})";

    public static string Migrations(string function) => $"{function}({Space}, {MigrationsNumber})";
}
