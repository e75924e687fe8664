using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.States;

/// <summary>A write of one grain's row.</summary>
internal abstract class StateWrite(string name, string key, long version) : Write
{
    private const string PrimaryKey = "grain_state_pkey";

    public string Name => name;

    public string Key => key;

    /// <summary>The version that the row must have; 0 for a row that must not be there.</summary>
    public long Version => version;

    public override string Row => $"grain_state/{name}/{key}";

    protected override Exception Refused() =>
        new InconsistentStateException($"The {name} {key} is not at version {version} any more; nothing was written.");

    protected override Exception Explain(Exception error) => error is UniqueKeyTakenException { Key: PrimaryKey } ? Refused() : error;
}
