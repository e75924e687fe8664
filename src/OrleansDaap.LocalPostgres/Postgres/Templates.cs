using Microsoft.Extensions.Logging;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>
/// One initialised data directory per major, with role and database <c>app</c> in it, at
/// <c>templates/&lt;major&gt;/&lt;fingerprint&gt;/pgdata</c>. The data directory's lock keeps other servers out.
/// </summary>
internal sealed class Templates(
    DataDirectory data, OwnedFiles files, ClusterInitializer initializer, TimeProvider time, ILogger<Templates> logger) : IDisposable
{
    private readonly SemaphoreSlim _making = new(1, 1);

    /// <summary>The template's directory, made now if it is not there yet.</summary>
    public async Task<string> EnsureAsync(PostgresInstallation installation, CancellationToken cancellationToken)
    {
        var major = Path.Combine(data.Templates, $"{installation.Major}");
        var directory = Path.Combine(major, TemplateRecipe.Fingerprint(installation));
        if (Directory.Exists(directory)) return directory;

        await _making.WaitAsync(cancellationToken);
        try
        {
            if (!Directory.Exists(directory)) await MakeAsync(installation, major, directory, cancellationToken);
            return directory;
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private async Task MakeAsync(PostgresInstallation installation, string major, string directory, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        files.MakeDirectory(major, FileModes.PrivateDirectory, FileOwner.Tools);
        Sweep(major);
        // A name of its own: the initdb of a killed server may still be at work on another.
        var half = $"{directory}.half-{Guid.NewGuid():N}";
        try
        {
            files.MakeDirectory(half, FileModes.PrivateDirectory, FileOwner.Tools);
            var pgdata = Path.Combine(half, "pgdata");
            await initializer.InitializeAsync(installation, pgdata, cancellationToken);
            await initializer.ExecuteAsync(installation, pgdata, "postgres", TemplateRecipe.RolesSql, "", cancellationToken);
            await initializer.ExecuteAsync(installation, pgdata, "app", TemplateRecipe.AppSql, "pgaudit", cancellationToken);
            await initializer.SyncAsync(installation, pgdata, cancellationToken);
            Directory.Move(half, directory);
            Posix.SyncDirectory(major);
        }
        catch
        {
            data.TryRemove(half);
            throw;
        }

        // What could not be removed before.
        Sweep(major, directory);
        logger.TemplateMade(installation.Version, time.GetElapsedTime(begun));
    }
    // What another version or a crash left.
    private void Sweep(string major, string? except = null)
    {
        foreach (var old in Directory.EnumerateDirectories(major).Where(old => old != except)) data.TryRemove(old);
    }
}
