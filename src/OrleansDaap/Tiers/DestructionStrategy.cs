using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

/// <summary>What deleting a database does.</summary>
[JsonConverter(typeof(WireEnumConverter<DestructionStrategy>))]
public enum DestructionStrategy
{
    /// <summary>Refuses connections and keeps the data; can be undone.</summary>
    Freeze,

    /// <summary>Keeps a last, proven backup and removes the cluster.</summary>
    Archive,

    /// <summary>Removes the cluster and every backup.</summary>
    Hard,
}
