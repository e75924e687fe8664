using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>When PgBouncer gives a server connection back to the pool.</summary>
[JsonConverter(typeof(WireEnumConverter<PoolMode>))]
public enum PoolMode
{
    Session,
    Transaction,
    Statement,
}
