using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Backups;

/// <summary>Why a backup is taken.</summary>
[JsonConverter(typeof(WireEnumConverter<BackupCause>))]
public enum BackupCause
{
    /// <summary>The tier's schedule, or the database's first one.</summary>
    Scheduled,

    OnDemand,

    /// <summary>The last one, before the cluster of an archived database goes.</summary>
    Archive,
}
