using System.Text.RegularExpressions;
using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.UnitTests.Common;

public sealed class SlugTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("orders-2", true)]
    [InlineData("a--b", true)]
    [InlineData("", false)]
    [InlineData("2orders", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("-", false)]
    [InlineData("Orders", false)]
    [InlineData("or ders", false)]
    [InlineData("örders", false)]
    [InlineData("orders\n", false)]
    public void The_check_and_the_published_pattern_agree(string text, bool wellFormed)
    {
        Assert.Equal(wellFormed, Slug.IsWellFormed(text, Slug.MaxNameLength));
        Assert.Equal(wellFormed, Regex.IsMatch(text, Slug.Pattern.Replace("$", "\\z", StringComparison.Ordinal)));
    }

    [Fact]
    public void Length_is_bounded()
    {
        Assert.True(Slug.IsWellFormed(new string('a', 40), Slug.MaxNameLength));
        Assert.False(Slug.IsWellFormed(new string('a', 41), Slug.MaxNameLength));
    }
}
