using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>What is to become of a database's cluster.</summary>
[JsonConverter(typeof(WireEnumConverter<WantedCluster>))]
public enum WantedCluster
{
    Running,

    /// <summary>Kept, and not running.</summary>
    Frozen,

    /// <summary>Gone, and its backups kept, the last of which is proven to restore.</summary>
    Archived,

    /// <summary>Gone with every backup.</summary>
    Gone,
}
