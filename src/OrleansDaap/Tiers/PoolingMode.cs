using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

/// <summary>PgBouncer's pool modes.</summary>
[JsonConverter(typeof(WireEnumConverter<PoolingMode>))]
public enum PoolingMode
{
    Session,
    Transaction,
    Statement,
}
