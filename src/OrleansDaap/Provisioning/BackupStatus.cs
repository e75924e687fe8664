using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>How far a backup has come.</summary>
[JsonConverter(typeof(WireEnumConverter<BackupStatus>))]
public enum BackupStatus
{
    Running,
    Succeeded,
    Failed,
}
