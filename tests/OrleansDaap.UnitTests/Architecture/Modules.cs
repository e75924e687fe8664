namespace OrleansDaap.UnitTests.Architecture;

/// <summary>The direction table of the house: which module may use which.</summary>
internal static class Modules
{
    private static readonly string[] Rooms = ["Access", "Tiers", "Quotas", "Provisioning", "Backups", "Databases"];

    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Common"] = [],
        ["Tiers"] = ["Common"],
        ["Access"] = ["Common"],
        ["Provisioning"] = ["Common"],
        ["Quotas"] = ["Tiers", "Common"],
        ["Backups"] = ["Tiers", "Provisioning", "Common"],
        ["Databases"] = ["Tiers", "Quotas", "Backups", "Provisioning", "Common"],
        ["EmbeddedSilo"] = [],
        ["Drills"] = ["Provisioning"],
        ["LocalPostgres"] = ["Drills", "Provisioning", "Common"],
        ["CloudNativePg"] = ["Drills", "Provisioning", "Common"],
        ["Storage"] = [.. Rooms, "Common", "EmbeddedSilo"],
        ["Server"] = [.. Rooms, "Common", "EmbeddedSilo", "LocalPostgres", "CloudNativePg", "Storage"],
    };

    /// <summary>What the rooms must not know: the web, SQL, processes, the wire.</summary>
    private static readonly string[] OutsideTheRooms = ["Microsoft.AspNetCore", "Npgsql", "System.Diagnostics.Process", "System.Net.Http", "System.Net.Sockets"];

    /// <summary>The edges that the table does not allow, as sentences.</summary>
    public static IEnumerable<string> Trespasses(IEnumerable<(string From, string To)> edges, string root = "OrleansDaap")
    {
        foreach (var (from, to) in edges)
        {
            if (ModuleOf(from, root) is not { } module)
            {
                continue;
            }

            if (ModuleOf(to, root) is { } target && target != module && !MayUse.GetValueOrDefault(module, []).Contains(target))
            {
                yield return $"{module} must not use {target} ({from} → {to})";
            }

            if ((Rooms.Contains(module) || module == "Common") && OutsideTheRooms.Any(outside => to == outside || to.StartsWith($"{outside}.", StringComparison.Ordinal)))
            {
                yield return $"{module} must not use {to}";
            }
        }
    }

    private static string? ModuleOf(string ns, string root) =>
        ns.StartsWith($"{root}.", StringComparison.Ordinal) ? ns[(root.Length + 1)..].Split('.')[0] : null;
}
