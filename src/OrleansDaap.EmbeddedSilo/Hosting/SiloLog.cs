using Microsoft.Extensions.Logging;

namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>The silo's log messages; event ids 1000–1099.</summary>
internal sealed partial class SiloLog(ILogger<Silo> logger)
{
    [LoggerMessage(1000, LogLevel.Information, "The silo is active, with {Grains} grain classes; fencing token {FencingToken}.")]
    public partial void Active(int grains, long? fencingToken);

    [LoggerMessage(1001, LogLevel.Information, "The silo stands by until it holds the lease of the active node.")]
    public partial void Standby();

    [LoggerMessage(1002, LogLevel.Warning, "The lease with fencing token {FencingToken} is lost; {Activations} activations are dropped.")]
    public partial void LeaseLost(long fencingToken, int activations);

    [LoggerMessage(1003, LogLevel.Error, "Becoming the active node failed; trying again in {Delay}.")]
    public partial void TakeoverFailed(TimeSpan delay, Exception exception);

    [LoggerMessage(1004, LogLevel.Information, "The silo has stopped.")]
    public partial void Stopped();

    [LoggerMessage(1005, LogLevel.Warning, "Grains did not come to an end within {Limit}, and are dropped.")]
    public partial void StoppedUnfinished(TimeSpan limit);

    [LoggerMessage(1010, LogLevel.Warning, "{Grain} could not be activated; the next call tries anew.")]
    public partial void ActivationFailed(GrainId grain, Exception exception);

    [LoggerMessage(1011, LogLevel.Warning, "OnDeactivateAsync of {Grain} failed or took too long (reason: {Reason}); it is gone all the same.")]
    public partial void DeactivationFailed(GrainId grain, DeactivationReasonCode reason, Exception exception);

    [LoggerMessage(1012, LogLevel.Warning, "A timer's tick of {Grain} failed; the timer goes on.")]
    public partial void TimerFailed(GrainId grain, Exception exception);

    [LoggerMessage(1020, LogLevel.Information, "{Reminders} reminders are loaded.")]
    public partial void RemindersLoaded(int reminders);

    [LoggerMessage(1021, LogLevel.Warning, "Reminder {Reminder} of {Grain} is ignored: no such grain takes reminders, or its period is not positive.")]
    public partial void ReminderIgnored(GrainId grain, string reminder);

    [LoggerMessage(1022, LogLevel.Error, "The tick of reminder {Reminder} of {Grain} failed; it ticks again when it is next due.")]
    public partial void ReminderFailed(GrainId grain, string reminder, Exception exception);
}
