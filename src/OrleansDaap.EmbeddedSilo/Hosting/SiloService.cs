using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansDaap.EmbeddedSilo.Contracts;

namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>Starts and stops the silo with the host. With a lease, it waits for it in the background, however often it is lost.</summary>
internal sealed class SiloService(Silo silo, SiloStatus status, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private Task? _turns;
    private Tenure? _tenure;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        ContractRules.Check(silo.Catalog, silo.Services);
        if (silo.Services.GetService<IActiveNodeLease>() is { } lease)
        {
            _turns = TakeTurnsAsync(lease);
            return;
        }

        _tenure = await silo.BeginTenureAsync(lease: null, cancellationToken);
        status.Set(SiloPhase.Active);
        silo.Log.Active(silo.Catalog.Classes.Count, null);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_turns is not null)
        {
            await _turns.WaitAsync(cancellationToken);
        }

        if (_tenure is not null)
        {
            await silo.StopTenureAsync(_tenure).WaitAsync(cancellationToken);
        }

        status.Set(SiloPhase.Stopped);
        silo.Log.Stopped();
    }

    public void Dispose() => _stopping.Dispose();

    private async Task TakeTurnsAsync(IActiveNodeLease leases)
    {
        var stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                status.Set(SiloPhase.Standby);
                silo.Log.Standby();
                await using var lease = await leases.AcquireAsync(stopping);
                await ServeAsync(lease, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                silo.Log.TakeoverFailed(RetryDelay, exception);
                await Task.Delay(RetryDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(ILeaseHandle lease, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        var tenure = await silo.BeginTenureAsync(lease, ended.Token);
        using (lease.Lost.Register(() => Lose(tenure, lease.FencingToken)))
        {
            if (!lease.Lost.IsCancellationRequested)
            {
                status.Set(SiloPhase.Active, lease.FencingToken);
                silo.Log.Active(silo.Catalog.Classes.Count, lease.FencingToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!lease.Lost.IsCancellationRequested)
            {
                // The lease is given up only when nothing can write any more.
                await silo.StopTenureAsync(tenure);
                return;
            }
        }

        silo.EndTenure(tenure);
    }

    /// <summary>Runs inside the cancellation: before anybody else learns of the loss, no grain of this node can write.</summary>
    private void Lose(Tenure tenure, long fencingToken)
    {
        status.Set(SiloPhase.Standby);
        silo.Log.LeaseLost(fencingToken, tenure.ActivationCount);
        tenure.Lose();
    }
}
