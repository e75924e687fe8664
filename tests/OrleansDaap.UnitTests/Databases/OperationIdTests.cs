using OrleansDaap.Common;
using OrleansDaap.Databases;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

public sealed class OperationIdTests
{
    [Fact]
    public void An_operations_id_leads_to_its_database()
    {
        var id = DatabaseId.New(Samples.Start);

        Assert.True(OperationId.TryGetDatabase(OperationId.Of(id, 12), out var database));
        Assert.Equal(id, database);
    }

    [Theory]
    [InlineData("")]
    [InlineData("op-")]
    [InlineData("op-x-1")]
    [InlineData("db-01k0000000000000000000000")]
    [InlineData("op-01ARZ3NDEKTSV4RRFFQ69G5FAV-1")]
    public void What_no_operation_was_ever_called_leads_nowhere(string id) => Assert.False(OperationId.TryGetDatabase(id, out _));
}
