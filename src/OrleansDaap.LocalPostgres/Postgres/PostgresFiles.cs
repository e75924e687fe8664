using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>Writes PostgreSQL's configuration files into a data directory.</summary>
internal sealed class PostgresFiles(OwnedFiles files, ToolAccount tools)
{
    /// <summary>What a server that runs there has to do to obey them.</summary>
    public SettingsChange Write(string pgdata, string conf, string hba)
    {
        var change = Compare(pgdata, conf, hba);
        if (change == SettingsChange.None) return change;
        foreach (var (name, content) in Contents(conf, hba))
            files.Write(Path.Combine(pgdata, name), content, FileModes.PrivateFile, FileOwner.Tools);
        return change;
    }

    /// <summary>The same, without writing.</summary>
    public SettingsChange Compare(string pgdata, string conf, string hba)
    {
        var file = Path.Combine(pgdata, "postgresql.conf");
        var change = File.Exists(file) ? PostgresSettings.Compare(File.ReadAllText(file), conf) : SettingsChange.Restart;
        var same = Contents(conf, hba).All(wanted => Path.Combine(pgdata, wanted.Name) is var path && File.Exists(path) && File.ReadAllText(path) == wanted.Content);
        return change == SettingsChange.None && !same ? SettingsChange.Reload : change;
    }

    private (string Name, string Content)[] Contents(string conf, string hba) =>
        [("postgresql.conf", conf), ("pg_hba.conf", hba), ("pg_ident.conf", PostgresSettings.Ident(Environment.UserName, tools.Name))];
}
