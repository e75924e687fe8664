using OrleansDaap.Storage.States;
using OrleansDaap.Storage.Writes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class BatchTests
{
    private readonly Batch _batch = new(size: 3);

    [Fact]
    public void A_second_write_of_a_row_waits_for_the_next_transaction()
    {
        Write[] writes = [Of("a"), Of("b"), Of("a")];
        AddAll(writes);
        Assert.Equal(writes[..2], _batch.Writes);
        Assert.True(_batch.HasLeftOver);

        _batch.Begin();

        Assert.Equal(writes[2..], _batch.Writes);
        Assert.False(_batch.HasLeftOver);
    }

    [Fact]
    public void Writes_under_different_fencing_tokens_never_share_a_transaction()
    {
        Write[] writes = [Of("a", stamp: 1), Of("b", stamp: 2)];
        AddAll(writes);
        Assert.Equal(writes[..1], _batch.Writes);
    }

    [Fact]
    public void A_full_one_leaves_the_rest_over()
    {
        Write[] writes = [Of("a"), Of("b"), Of("c"), Of("d")];
        AddAll(writes);
        Assert.True(_batch.IsFull);

        _batch.Begin();

        Assert.Equal(writes[3..], _batch.Writes);
    }

    private static StateClear Of(string key, long? stamp = null) => new("tier", key, 1) { Stamp = stamp };

    private void AddAll(Write[] writes)
    {
        foreach (var write in writes)
        {
            _batch.Add(write);
        }
    }
}
