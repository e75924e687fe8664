using Microsoft.Extensions.Logging;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>
/// A few synced clones of each template kept ready, because copying and syncing one takes longer than all the rest of a creation.
/// A clone becomes a cluster's by a rename, so a half-made one is never mistaken for a cluster.
/// </summary>
internal sealed class SpareClones(
    Templates templates, ClusterInitializer initializer, DataDirectory data, ILogger<SpareClones> logger) : IDisposable
{
    /// <summary>Enough for a handful of creations at once; each takes about 45 MB where the file system cannot share blocks.</summary>
    private const int Wanted = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _filling = [];
    private readonly HashSet<string> _swept = [];

    /// <summary>Moves a clone to <paramref name="pgdata"/>, a spare one if there is one.</summary>
    public async Task TakeAsync(PostgresInstallation installation, string pgdata, CancellationToken cancellationToken)
    {
        var template = await templates.EnsureAsync(installation, cancellationToken);
        if (!TryTake(template, pgdata))
        {
            var half = await CloneAsync(installation, template, cancellationToken);
            Directory.Move(half, pgdata);
        }

        Posix.SyncDirectory(Path.GetDirectoryName(pgdata)!);
        Posix.SyncDirectory(template);
        Fill(installation);
    }

    /// <summary>Begins to make what is missing, behind the caller.</summary>
    public void Fill(PostgresInstallation installation)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested || (_filling.TryGetValue(installation.Directory, out var running) && !running.IsCompleted)) return;
            _filling[installation.Directory] = Task.Run(() => FillAsync(installation, _stopping.Token));
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        Task[] filling;
        lock (_lock) filling = [.. _filling.Values];
        await Task.WhenAll(filling);
    }

    public void Dispose() => _stopping.Dispose();

    private static bool TryTake(string template, string pgdata)
    {
        foreach (var spare in Directory.EnumerateDirectories(template, "spare-*"))
        {
            try
            {
                Directory.Move(spare, pgdata);
                return true;
            }
            catch (DirectoryNotFoundException)
            {
                // Another cluster took it first.
            }
        }

        return false;
    }

    private async Task FillAsync(PostgresInstallation installation, CancellationToken cancellationToken)
    {
        try
        {
            var template = await templates.EnsureAsync(installation, cancellationToken);
            while (Directory.EnumerateDirectories(template, "spare-*").Count() < Wanted)
            {
                var half = await CloneAsync(installation, template, cancellationToken);
                Directory.Move(half, Path.Combine(template, $"spare-{Guid.NewGuid():N}"));
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception failure)
        {
            // Creations go on without spares, and say what is wrong when it concerns them too.
            logger.SparesFailed(Failures.Describe(failure)?.Message ?? failure.ToString());
        }
    }

    private async Task<string> CloneAsync(PostgresInstallation installation, string template, CancellationToken cancellationToken)
    {
        SweepOnce(template);
        var half = Path.Combine(template, $"half-{Guid.NewGuid():N}");
        try
        {
            await initializer.CopyAsync(Path.Combine(template, "pgdata"), half, cancellationToken);
            await initializer.SyncAsync(installation, half, cancellationToken);
            return half;
        }
        catch
        {
            data.TryRemove(half);
            throw;
        }
    }

    // Before the first clone of this server, any half-made one is from a server that was killed.
    private void SweepOnce(string template)
    {
        lock (_lock)
        {
            if (!_swept.Add(template)) return;
            foreach (var half in Directory.EnumerateDirectories(template, "half-*")) data.TryRemove(half);
        }
    }
}
