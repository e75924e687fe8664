using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

internal sealed partial class DatabaseWorker
{
    private string? _drill;
    private Task _drilling = Task.CompletedTask;
    private CancellationTokenSource? _drillEnd;
    private DrillResult? _lastDrill;

    /// <summary>A scratch cluster that is there and that no drill uses is this server's to remove; another server's drills are not.</summary>
    private bool _hasDrilled;

    /// <summary>Begins a drill, unless one runs or this one ran last.</summary>
    public void Drill(string drill)
    {
        lock (_lock)
        {
            if (_drill is not null || _lastDrill?.Id == drill || _removalKeeps is not null || stopping.IsCancellationRequested) return;
            (_drill, _hasDrilled) = (drill, true);
            _drillEnd?.Dispose();
            _drillEnd = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var cancelled = _drillEnd.Token;
            _drilling = Task.Run(() => DrillAsync(drill, cancelled), CancellationToken.None);
        }

        Look();
    }

    private async Task DrillAsync(string drill, CancellationToken cancelled)
    {
        DrillResult? result = null;
        try
        {
            result = await tools.Drills.RunAsync(id, drill, cancelled);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            // Whoever still wants it asks again.
        }
        finally
        {
            lock (_lock) (_drill, _lastDrill) = (null, result ?? _lastDrill);
        }

        Look();
        Kick();
    }

    // With the lock held.
    private void EndDrill() => _ = _drillEnd?.CancelAsync();

    private async Task<bool> TidyAsync(DatabaseObjects found)
    {
        lock (_lock)
        {
            if (_drill is not null || !_hasDrilled) return true;
        }

        return await tools.Scratch.RemoveAsync(found, stopping);
    }
}
