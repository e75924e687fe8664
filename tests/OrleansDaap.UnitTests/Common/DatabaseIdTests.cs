using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.UnitTests.Common;

public sealed class DatabaseIdTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Later_ids_sort_after_earlier_ones()
    {
        var ids = Enumerable.Range(0, 1000).Select(tick => DatabaseId.New(Start.AddMilliseconds(tick)).Value).ToArray();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void An_id_has_the_promised_form_and_parses_back()
    {
        var id = DatabaseId.New(Start);

        Assert.Matches("^db-[a-z0-9]{26}$", id.Value);
        Assert.True(DatabaseId.TryParse(id.Value, out var parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("db-")]
    [InlineData("db-../../../../../../etc/passwd")]
    [InlineData("db-01K00000000000000000000000")]
    [InlineData("db-01k000000000000000000000000")]
    [InlineData("op-01k00000000000000000000000")]
    public void Anything_else_is_no_id(string? text) => Assert.False(DatabaseId.TryParse(text, out _));
}
