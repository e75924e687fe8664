namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>What it takes for a running server to obey what its files say now; each includes the ones before it.</summary>
internal enum SettingsChange
{
    None,
    Reload,
    Restart,
}
