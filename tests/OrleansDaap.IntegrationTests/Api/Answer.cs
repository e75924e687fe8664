using System.Text.Json;

namespace OrleansDaap.IntegrationTests.Api;

/// <summary>What came back; <see cref="Json"/> is undefined for anything but JSON.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Text, JsonElement Json)
{
    public string? Code => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>The mistakes by path, each path's joined by "; ".</summary>
    public Dictionary<string, string> Errors => Json.GetProperty("errors").EnumerateObject()
        .ToDictionary(error => error.Name, error => string.Join("; ", error.Value.EnumerateArray().Select(text => text.GetString())));
}
