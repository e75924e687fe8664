namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>One directory with PostgreSQL's programs.</summary>
/// <param name="Version">The full version, such as <c>15.18</c>.</param>
internal sealed record PostgresInstallation(int Major, string Version, string Directory)
{
    public string Tool(string name) => Path.Combine(Directory, name);
}
