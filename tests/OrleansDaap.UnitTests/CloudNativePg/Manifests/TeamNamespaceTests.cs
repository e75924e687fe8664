using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

public sealed class TeamNamespaceTests
{
    [Theory]
    [InlineData("daap-{team}", "checkout", "daap-checkout")]
    [InlineData("{team}-databases", "checkout", "checkout-databases")]
    [InlineData("databases", "checkout", "databases")]
    public void A_team_has_the_namespace_of_the_pattern(string pattern, string team, string expected)
    {
        Assert.Null(TeamNamespace.MistakeIn(pattern));
        Assert.Equal(expected, TeamNamespace.Of(pattern, team));
    }

    [Fact]
    public void Long_teams_have_namespaces_that_Kubernetes_takes_and_that_differ()
    {
        var teams = Enumerable.Range(55, 9).Select(length => new string('t', length)).Append(new string('t', 62) + 'u').ToArray();

        var names = teams.Select(team => TeamNamespace.Of("daap-{team}", team)).ToArray();

        Assert.All(names, name => Assert.True(Slug.IsWellFormed(name, 63), name));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Theory]
    [InlineData("{team}", "would take the teams' own namespaces")]
    [InlineData("{team}-{team}", "only once")]
    [InlineData("Daap-{team}", "no name of a namespace")]
    [InlineData("a-prefix-of-thirty-seven-characters-x{team}", "no name of a namespace")]
    [InlineData("-{team}", "no name of a namespace")]
    public void A_wrong_pattern_is_refused(string pattern, string because) => Assert.Contains(because, TeamNamespace.MistakeIn(pattern), StringComparison.Ordinal);

    [Theory]
    [InlineData("daap-{team}", "daap-system", true)]
    [InlineData("daap-{team}", "daap-", false)]
    [InlineData("daap-{team}", "orleansdaap", false)]
    [InlineData("databases", "databases", true)]
    public void It_is_known_which_names_a_pattern_can_give(string pattern, string name, bool could) => Assert.Equal(could, TeamNamespace.CouldBe(pattern, name));
}
