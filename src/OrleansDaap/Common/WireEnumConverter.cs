using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansDaap.Common;

/// <summary>Writes enum members in kebab case, the same in stored state and on the wire: <c>platform-team</c>, <c>ready</c>.</summary>
public sealed class WireEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
