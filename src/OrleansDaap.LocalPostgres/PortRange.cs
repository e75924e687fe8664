using System.Globalization;

namespace OrleansDaap.LocalPostgres;

/// <summary>An inclusive range of TCP ports, written <c>15432-16431</c>.</summary>
internal readonly record struct PortRange(int First, int Last)
{
    public int Count => Last - First + 1;

    public static bool TryParse(string? text, out PortRange range)
    {
        range = default;
        var ends = (text ?? "").Split('-');
        if (ends.Length != 2 || !TryPort(ends[0], out var first) || !TryPort(ends[1], out var last) || first > last) return false;
        range = new PortRange(first, last);
        return true;
    }

    public override string ToString() => $"{First}-{Last}";

    // Ports below 1024 are root's, and the tools never run as root.
    private static bool TryPort(string text, out int port) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1024 and <= 65535;
}
