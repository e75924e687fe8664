using OrleansDaap.Server.Api.Pipeline;
using Xunit;

namespace OrleansDaap.UnitTests.Server.Api.Pipeline;

public sealed class RequestIdsTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("~!", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\r\nb", false)]
    [InlineData("ü", false)]
    [InlineData("\u007f", false)]
    public void Only_one_visible_word_is_a_sane_id(string id, bool sane) => Assert.Equal(sane, RequestIds.IsSane(id));

    [Fact]
    public void Its_length_is_bounded()
    {
        Assert.True(RequestIds.IsSane(new string('x', 128)));
        Assert.False(RequestIds.IsSane(new string('x', 129)));
    }
}
