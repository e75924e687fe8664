using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Whether the repository can be written to, seen by writing to it. An idle database archives nothing for hours and would not notice.
/// </summary>
internal sealed class RepositoryHealth(PgBackRest backRest, RepositoryMark mark, TimeProvider time)
{
    private static readonly TimeSpan WhileWell = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WhileFailing = TimeSpan.FromSeconds(5);

    private readonly Alarm _next = new(time);
    private Task _looking = Task.CompletedTask;

    /// <summary>Null: it is well, or has not been looked at yet.</summary>
    public StatusReason? Failure { get; private set; }

    /// <summary>Looks when it is time to, behind the caller.</summary>
    /// <param name="changed">Called when it has failed or healed.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public void Look(Action changed, CancellationToken cancellationToken)
    {
        if (!_looking.IsCompleted || !_next.IsDue) return;
        _looking = Task.Run(() => LookAsync(changed, cancellationToken), CancellationToken.None);
    }

    public Task StopAsync() => _looking;

    private async Task LookAsync(Action changed, CancellationToken cancellationToken)
    {
        StatusReason? failure = null;
        try
        {
            await mark.EnsureAsync(cancellationToken);
            await backRest.ProbeAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception unexpected) when (Failures.Describe(unexpected) is { } words)
        {
            failure = new StatusReason(words.Code, words.Message, time.GetUtcNow());
        }

        _next.Set(failure is null ? WhileWell : WhileFailing);
        var before = Failure;
        Failure = failure is not null && before?.Code == failure.Code ? failure with { Since = before.Since } : failure;
        if (before?.Code != failure?.Code) changed();
    }
}
