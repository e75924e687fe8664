using System.Collections.Concurrent;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>How the operator double misbehaves, by database; changed at any time, and obeyed at its next look.</summary>
internal sealed class OperatorMoods
{
    /// <summary>Databases that it does nothing for.</summary>
    public ConcurrentDictionary<string, bool> Ignored { get; } = new();

    /// <summary>Databases that it shows in this phase, for this reason, and not ready.</summary>
    public ConcurrentDictionary<string, (string Phase, string Reason)> Stuck { get; } = new();

    /// <summary>Which databases it begins, and gets no further with.</summary>
    public Predicate<string> Holds { get; set; } = _ => false;

    /// <summary>Databases that serve, in this phase.</summary>
    public ConcurrentDictionary<string, string> Busy { get; } = new();

    /// <summary>Databases that cannot be hibernated, for this reason.</summary>
    public ConcurrentDictionary<string, string> Awake { get; } = new();

    /// <summary>Databases whose backups fail, with this error.</summary>
    public ConcurrentDictionary<string, string> FailingBackups { get; } = new();

    /// <summary>Databases whose backups are never begun.</summary>
    public ConcurrentDictionary<string, bool> WaitingBackups { get; } = new();

    /// <summary>Databases whose changes are not archived, with this message.</summary>
    public ConcurrentDictionary<string, string> FailingArchives { get; } = new();

    /// <summary>Databases whose backups restore to something else, in these words.</summary>
    public ConcurrentDictionary<string, string> Differing { get; } = new();

    /// <summary>Databases that do not answer queries.</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = new();
}
