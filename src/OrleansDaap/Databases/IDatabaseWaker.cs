namespace OrleansDaap.Databases;

/// <summary>Wakes databases that there is work left over on.</summary>
public interface IDatabaseWaker
{
    /// <summary>
    /// Has them woken now. To be called whenever grains can be called again, after a takeover or a lost lease: what was to wake them was in the
    /// memory of grains that are gone, and their reminders take minutes.
    /// </summary>
    void WakeLeftOvers();
}
