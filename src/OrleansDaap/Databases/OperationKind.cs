using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>Long work on a database.</summary>
[JsonConverter(typeof(WireEnumConverter<OperationKind>))]
public enum OperationKind
{
    Create,
    Freeze,
    Unfreeze,
    HardDelete,
    MoveTier,
    Archive,

    /// <summary>The end of an archive's retention.</summary>
    Purge,
    Restore,
    Backup,
}
