using System.Text.RegularExpressions;
using Xunit;

namespace OrleansDaap.UnitTests.Architecture;

/// <summary>What an operator reads about a reason is in the README, for every reason that there is around backups.</summary>
public sealed partial class ReasonTableTests
{
    private static readonly string[] Folders =
    [
        "src/OrleansDaap/Backups", "src/OrleansDaap/Databases", "src/OrleansDaap.LocalPostgres/Backups", "src/OrleansDaap.CloudNativePg/Backups",
        "src/OrleansDaap.CloudNativePg/Restores", "src/OrleansDaap.CloudNativePg/RestoreDrills", "src/OrleansDaap.Drills",
    ];

    [Fact]
    public void Every_reason_around_backups_is_in_the_table_of_the_README()
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "README.md"));
        var table = lines.SkipWhile(line => line != "## What a reason says about backups").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var told = table.Where(line => line.StartsWith('|')).SelectMany(line => Told().Matches(line.Split('|')[1])).Select(code => code.Groups[1].Value).ToHashSet();
        var given = Folders.SelectMany(SourceTree.Files)
            .SelectMany(file => Given().Matches(string.Join('\n', file.Lines))).Select(code => code.Groups[1].Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.Contains("purge-waits", given);
        Assert.Contains("cluster-gone", given);
        Assert.Empty(given.Except(told));
    }

    [GeneratedRegex("`([a-z-]+)`")]
    private static partial Regex Told();

    // As the first argument of what makes a reason, or set by itself; the steps of operations and names of files are no reasons.
    [GeneratedRegex("""(?:(?:StatusReason|Reason|Exception|Describe|new)\(\s*|Code\s*=\s*|const string \w+ = (?="(?!daap-)[a-z]+-[a-z]))"([a-z-]+)"(?!, OperationStatus)""")]
    private static partial Regex Given();
}
