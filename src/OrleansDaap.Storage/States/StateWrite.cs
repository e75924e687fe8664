using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Storage.Audit;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.States;

/// <summary>A write of one grain's row, and of the audit entry of the change that it makes, if it makes one that somebody asked for.</summary>
internal abstract class StateWrite(string name, string key, long version, AuditEntry? entry) : Write
{
    private const string PrimaryKey = "grain_state_pkey";

    public string Name => name;

    public string Key => key;

    /// <summary>The version that the row must have; 0 for a row that must not be there.</summary>
    public long Version => version;

    public AuditEntry? Entry => entry;

    public override string Row => $"grain_state/{name}/{key}";

    /// <summary>The statement of a kind whose own query is called <c>done</c> and returns (position, version).</summary>
    /// <param name="queries">The statement's queries.</param>
    /// <param name="parameters">How many parameters they have.</param>
    protected static string WithEntries(string queries, int parameters) =>
        $"WITH {queries}, audited AS ({AuditRows.Insert("done", first: parameters + 1)}) SELECT position, version FROM done";

    protected override Exception Refused() =>
        new InconsistentStateException($"The {name} {key} is not at version {version} any more; nothing was written.");

    protected override Exception Explain(Exception error) => error is UniqueKeyTakenException { Key: PrimaryKey } ? Refused() : error;
}
