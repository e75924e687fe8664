using Orleans;
using Orleans.Runtime;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

internal sealed class ProbeGrain : Grain, IProbeGrain
{
    private readonly Stage _stage;
    private readonly int _instance;
    private readonly string _key;
    private IGrainTimer? _timer;
    private int _inside;

    public ProbeGrain(Stage stage)
    {
        _stage = stage;
        _instance = stage.NextInstance();

        // Orleans gives a grain its identity before its constructor runs.
        _key = this.GetPrimaryKeyString();
        _ = GrainFactory.GetGrain<IProbeGrain>(_key);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await _stage.OnActivate(_key, cancellationToken);
        _stage.Mark($"activated {_key} {_instance}");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stage.OnDeactivate(_key, cancellationToken);
        _stage.Mark($"deactivated {_key} {_instance} {reason.ReasonCode}");
    }

    public Task DoAsync(string step) => _stage.ArriveAsync(step);

    public Task ReadAsync(string step) => _stage.ArriveAsync(step);

    public Task PeekAsync(string step) => _stage.ArriveAsync(step);

    public Task RelayAsync(string[] path) =>
        path.Length == 0 ? Task.CompletedTask : GrainFactory.GetGrain<IProbeGrain>(path[0]).RelayAsync(path[1..]);

    public Task RelayInterleavingAsync(string[] path) =>
        path.Length == 0 ? Task.CompletedTask : GrainFactory.GetGrain<IProbeGrain>(path[0]).RelayInterleavingAsync(path[1..]);

    public Task<int> InstanceAsync() => Task.FromResult(_instance);

    public ValueTask<string> KeyAsync() => ValueTask.FromResult(this.GetPrimaryKeyString());

    public async ValueTask TouchAsync() => await Task.Yield();

    public Task LeaveAsync(string step)
    {
        DeactivateOnIdle();
        return _stage.ArriveAsync(step);
    }

    public Task LeaveInterleavingAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task DoThenRelayInterleavingAsync(string step, string[] path)
    {
        await _stage.ArriveAsync(step);
        await RelayInterleavingAsync(path);
    }

    public async Task FailAsync(string message)
    {
        await Task.Yield();
        throw new FormatException(message);
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _stage.ArriveAsync("wait", cancellationToken);

    public async Task<bool> StaysOnItsSchedulerAsync()
    {
        var scheduler = TaskScheduler.Current;
        var stays = scheduler != TaskScheduler.Default;
        for (var i = 0; i < 20; i++)
        {
            stays &= Interlocked.Increment(ref _inside) == 1;
            stays &= TaskScheduler.Current == scheduler;
            Interlocked.Decrement(ref _inside);
            await (i % 2 == 0 ? Task.Run(() => { }) : Yield());
        }

        return stays;
    }

    public Task StartTimerAsync(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive)
    {
        _timer = this.RegisterGrainTimer(
            static (grain, cancellationToken) => grain._stage.OnTick(grain._key, cancellationToken),
            this,
            new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task StopTimerAsync()
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public Task RemindAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> ForgetAsync(string name)
    {
        if (await this.GetReminder(name) is not { } reminder)
        {
            return false;
        }

        await this.UnregisterReminder(reminder);
        return true;
    }

    public Task SendAsync(string other, string step, string[] path)
    {
        _ = GrainFactory.GetGrain<IProbeGrain>(other).DoThenRelayAsync(step, path);
        return Task.CompletedTask;
    }

    public async Task DoThenRelayAsync(string step, string[] path)
    {
        await _stage.ArriveAsync(step);
        try
        {
            await RelayAsync(path);
            _stage.Mark("end of " + step);
        }
        catch (Exception)
        {
            _stage.Mark("failure of " + step);
            throw;
        }
    }

    public async Task SendByAsync(string via, string other, string step, string[] path, string afterwards)
    {
        await GrainFactory.GetGrain<IProbeGrain>(via).SendAsync(other, step, path);
        await _stage.ArriveAsync(afterwards);
    }

    public Task ChangeTimerAsync(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _stage.Note($"reminder {_key} {reminderName} {status.CurrentTickTime:HH:mm:ss}");
        return _stage.OnTick(reminderName, CancellationToken.None);
    }

    private static async Task Yield() => await Task.Yield();
}
