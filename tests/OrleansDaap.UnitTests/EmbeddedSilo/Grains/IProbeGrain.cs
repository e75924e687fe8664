using Orleans;
using Orleans.Concurrency;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

internal interface IProbeGrain : IGrainWithStringKey, IRemindable
{
    /// <summary>Arrives at the step and waits there.</summary>
    Task DoAsync(string step);

    [ReadOnly]
    Task ReadAsync(string step);

    [AlwaysInterleave]
    Task PeekAsync(string step);

    /// <summary>Calls the first grain of the path, which calls the next, and so on.</summary>
    Task RelayAsync(string[] path);

    [AlwaysInterleave]
    Task RelayInterleavingAsync(string[] path);

    /// <summary>Which instance of the grain this is.</summary>
    Task<int> InstanceAsync();

    ValueTask<string> KeyAsync();

    ValueTask TouchAsync();

    Task LeaveAsync(string step);

    [AlwaysInterleave]
    Task LeaveInterleavingAsync();

    Task DoThenRelayInterleavingAsync(string step, string[] path);

    Task FailAsync(string message);

    Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>Whether code after an await is still on the activation's scheduler, and never beside other code of the grain.</summary>
    Task<bool> StaysOnItsSchedulerAsync();

    Task StartTimerAsync(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive);

    Task StopTimerAsync();

    Task RemindAsync(string name, TimeSpan due, TimeSpan period);

    Task<bool> ForgetAsync(string name);

    /// <summary>Sends the other grain a call that nobody waits for: to <see cref="DoThenRelayAsync"/>.</summary>
    Task SendAsync(string other, string step, string[] path);

    /// <summary>Lets another grain send, and then arrives at a step of its own.</summary>
    Task SendByAsync(string via, string other, string step, string[] path, string afterwards);

    [AlwaysInterleave]
    Task ChangeTimerAsync(TimeSpan due, TimeSpan period);

    /// <summary>Arrives at the step, waits, calls the path, and marks the end.</summary>
    Task DoThenRelayAsync(string step, string[] path);
}
