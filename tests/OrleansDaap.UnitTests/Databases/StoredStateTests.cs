using System.Text.Json;
using OrleansDaap.Databases;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>What an older version of the server has stored is read by this one.</summary>
public sealed class StoredStateTests
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public void A_list_that_was_not_stored_is_empty()
    {
        var database = JsonSerializer.Deserialize("""{"backups":{}}""", new DatabasesJson(new(Options)).DatabaseState)!;
        Assert.All(
            new object?[] { database.Operations, database.MovingFrom, database.Extensions, database.Backups!.Queue, database.Backups.Failed, database.Backups.Succeeded },
            Assert.NotNull);
    }
}
