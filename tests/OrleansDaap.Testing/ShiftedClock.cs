namespace OrleansDaap.Testing;

/// <summary>The machine's clock, which a test sets wrong. Timers run as ever.</summary>
public sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
