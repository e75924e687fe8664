namespace OrleansDaap.LocalPostgres.PgBouncer;

/// <summary>Where one PgBouncer listens and keeps its files.</summary>
internal sealed record PgBouncerPlace(string Directory, string Logs, string Tls, int Port, int PostgresPort, IReadOnlyList<string> ListenAddresses)
{
    public string IniFile => Path.Combine(Directory, "pgbouncer.ini");

    public string UsersFile => Path.Combine(Directory, "users.txt");

    public string PidFile => Path.Combine(Directory, "pgbouncer.pid");

    public string LogFile => Path.Combine(Logs, "pgbouncer.log");
}
