using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Server.Api;
using Xunit;

namespace OrleansDaap.UnitTests.Server.Api;

public sealed class OperationPagesTests
{
    private static readonly DatabaseId Id = new("db-00000000000000000000000001");

    /// <summary>Numbers 3 to 7 are kept; 1 and 2 have been dropped.</summary>
    private static readonly DatabaseState Database = new() { Id = Id, Operations = [.. Enumerable.Range(3, 5).Select(Operation)] };

    [Theory]
    [InlineData(50, null, "7,6,5,4,3", false)]
    [InlineData(5, null, "7,6,5,4,3", false)]
    [InlineData(2, null, "7,6", true)]
    [InlineData(2, 6, "5,4", true)]
    [InlineData(2, 4, "3", false)]
    [InlineData(2, 3, "", false)]
    [InlineData(2, 1, "", false)]
    public void Pages_go_from_the_newest_to_the_oldest(int limit, int? after, string numbers, bool more)
    {
        var page = OperationPages.Of(Database, new PageRequest(limit, after is { } number ? OperationId.Of(Id, number) : null));
        Assert.Equal(numbers.Split(',', StringSplitOptions.RemoveEmptyEntries), page.Items.Select(operation => operation.Id[^1..]));
        Assert.Equal(more ? page.Items[^1].Id : null, page.Next);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("op-00000000000000000000000002-1")]
    public void A_cursor_of_another_list_is_refused(string cursor) =>
        Assert.Equal(["cursor"], Assert.Throws<ProblemException>(() => OperationPages.Of(Database, new PageRequest(1, cursor))).Errors!.Keys);

    private static Operation Operation(int number) => new()
    {
        Id = OperationId.Of(Id, number),
        Kind = OperationKind.Create,
        Status = OperationStatus.Succeeded,
        Steps = [],
        StartedAt = DateTimeOffset.UnixEpoch,
    };
}
