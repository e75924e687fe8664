using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>Writes PostgreSQL's configuration files into a data directory.</summary>
internal sealed class PostgresFiles(OwnedFiles files)
{
    /// <summary>True when any of them has changed.</summary>
    public bool Write(string pgdata, string conf, string hba)
    {
        var changed = false;
        foreach (var (name, content) in new[]
        {
            ("postgresql.conf", conf), ("pg_hba.conf", hba), ("pg_ident.conf", PostgresSettings.Ident(Environment.UserName)),
        })
        {
            changed |= files.Write(Path.Combine(pgdata, name), content, FileModes.PrivateFile, FileOwner.Tools);
        }

        return changed;
    }
}
