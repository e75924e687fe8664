using System.Globalization;
using System.Text;

namespace OrleansDaap.Server.Api.Metrics;

/// <summary>The Prometheus text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary><c>daap.http.request.duration</c> in <c>s</c> is <c>daap_http_request_duration_seconds</c>.</summary>
    public static string Name(string instrument, string? unit) => $"{instrument.Replace('.', '_')}{(unit == "s" ? "_seconds" : "")}";

    public static void Head(StringBuilder text, string name, string? description, string type) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description}\n# TYPE {name} {type}\n");

    public static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }

    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)!
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            labels.Append(labels.Length > 0 ? "," : "").Append(name).Append("=\"").Append(escaped).Append('"');
        }

        return labels.ToString();
    }
}
