namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>Where one PostgreSQL listens and keeps its files.</summary>
/// <param name="Sockets">The directory of its Unix socket, whose name is made of the port.</param>
internal sealed record PostgresPlace(string Pgdata, string Logs, string Tls, string Sockets, int Port, IReadOnlyList<string> ListenAddresses)
{
    public string SocketFile => Path.Combine(Sockets, $".s.PGSQL.{Port}");
}
