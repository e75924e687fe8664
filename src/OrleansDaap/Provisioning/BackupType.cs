using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

[JsonConverter(typeof(WireEnumConverter<BackupType>))]
public enum BackupType
{
    /// <summary>Everything; restores from nothing else.</summary>
    Full,

    /// <summary>What changed since the backup before it; taken as a full one where there is none.</summary>
    Incremental,
}
