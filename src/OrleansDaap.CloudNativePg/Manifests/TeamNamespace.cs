using System.Security.Cryptography;
using System.Text;
using OrleansDaap.Common;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The namespace that a team's databases are made in. They stay there when their owner changes.</summary>
internal static class TeamNamespace
{
    public const string DefaultPattern = $"daap-{Team}";

    private const string Team = "{team}";

    /// <summary>Of one DNS label, as Kubernetes wants it.</summary>
    private const int MaxLength = 63;

    /// <summary>Leaves room for 16 characters of a team that has to be cut, a dash and its mark.</summary>
    private const int MaxFixedLength = MaxLength - 16 - 1 - MarkLength;

    /// <summary>40 bits tell teams apart that are cut to the same characters.</summary>
    private const int MarkLength = 10;

    public static string Of(string pattern, string team)
    {
        var room = MaxLength - (pattern.Length - Team.Length);
        if (!pattern.Contains(Team, StringComparison.Ordinal) || team.Length <= room)
            return pattern.Replace(Team, team, StringComparison.Ordinal);
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(team)))[..MarkLength];
        return pattern.Replace(Team, $"{team[..(room - 1 - MarkLength)].TrimEnd('-')}-{mark}", StringComparison.Ordinal);
    }

    /// <summary>What is wrong with a pattern; null when nothing is.</summary>
    public static string? MistakeIn(string pattern)
    {
        var rest = pattern.Replace(Team, "", StringComparison.Ordinal);
        if (rest.Length == 0)
            return "would take the teams' own namespaces; it needs more than {team}";
        if (pattern.Length - rest.Length > Team.Length)
            return "must name {team} only once";
        return rest.Length <= MaxFixedLength && IsName(pattern.Replace(Team, "t", StringComparison.Ordinal))
            ? null
            : $"gives no name of a namespace: lower-case letters, digits and dashes, with at most {MaxFixedLength} beside {{team}}";
    }

    public static bool IsName(string text) => Slug.IsWellFormed(text, MaxLength);

    /// <summary>Whether the pattern gives this name to some team.</summary>
    public static bool CouldBe(string pattern, string name)
    {
        var parts = pattern.Split(Team);
        return parts.Length == 1
            ? name == pattern
            : name.Length > parts[0].Length + parts[1].Length
                && name.StartsWith(parts[0], StringComparison.Ordinal) && name.EndsWith(parts[1], StringComparison.Ordinal);
    }
}
