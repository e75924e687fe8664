using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>Makes, copies and syncs data directories that nothing runs in, with PostgreSQL's own tools.</summary>
internal sealed class ClusterInitializer(ToolRunner tools)
{
    public Task InitializeAsync(PostgresInstallation installation, string pgdata, CancellationToken cancellationToken) =>
        tools.RunAsync(installation.Tool("initdb"), [.. TemplateRecipe.InitdbArguments, "-D", pgdata], cancellationToken);

    /// <summary>One statement a line, in single-user mode: no socket, no port, nobody else.</summary>
    public Task ExecuteAsync(PostgresInstallation installation, string pgdata, string database, string statements, string preload, CancellationToken cancellationToken) =>
        tools.RunAsync(
            installation.Tool("postgres"),
            ["--single", "-c", "exit_on_error=on", "-c", $"shared_preload_libraries={preload}", "-D", pgdata, database],
            cancellationToken,
            statements);

    /// <summary>By reference where the file system can, else by copy.</summary>
    public Task CopyAsync(string from, string to, CancellationToken cancellationToken) =>
        tools.RunAsync("cp", OperatingSystem.IsMacOS() ? ["-cRp", from, to] : ["-a", "--reflink=auto", from, to], cancellationToken);

    public Task SyncAsync(PostgresInstallation installation, string pgdata, CancellationToken cancellationToken) =>
        tools.RunAsync(installation.Tool("initdb"), ["--sync-only", "-D", pgdata], cancellationToken);
}
