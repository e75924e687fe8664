namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>When something is to be done next, by a clock that nobody sets. At first it is due.</summary>
internal sealed class Alarm(TimeProvider time)
{
    private long _setAt = time.GetTimestamp();
    private TimeSpan _after;

    public bool IsDue => time.GetElapsedTime(_setAt) >= _after;

    public void Set(TimeSpan after) => (_setAt, _after) = (time.GetTimestamp(), after);
}
