using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>How far an operation, or a step of one, has come.</summary>
[JsonConverter(typeof(WireEnumConverter<OperationStatus>))]
public enum OperationStatus
{
    Pending,
    Running,
    Succeeded,
    Failed,
}
