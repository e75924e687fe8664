using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>What a key may do.</summary>
[JsonConverter(typeof(WireEnumConverter<Role>))]
public enum Role
{
    /// <summary>Runs the platform: keys, tiers, quotas, and every team's databases.</summary>
    PlatformTeam,

    /// <summary>Uses it: its own team's databases.</summary>
    ProductTeam,
}
