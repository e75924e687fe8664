using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>What a client is told of a database.</summary>
[JsonConverter(typeof(WireEnumConverter<DatabaseStatus>))]
public enum DatabaseStatus
{
    Provisioning,
    Ready,
    Error,
    Frozen,
    Archived,
    Deleted,
}
