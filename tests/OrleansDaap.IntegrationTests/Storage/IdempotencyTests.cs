using Microsoft.Extensions.Logging.Abstractions;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Idempotency;
using OrleansDaap.Storage.Writes;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class IdempotencyTests(PostgresFixture postgres) : StorageTest(postgres)
{
    private static readonly IdempotencyKey Key = new("checkout", "create-database/", "k \" 1", "hash");
    private static readonly StoredAnswer Answer =
        new(202, "accepted", "application/json", new Dictionary<string, string> { ["ETag"] = "\"7\"" }, """{"name":"\u0000 ü"}""");

    private readonly ManualClock _clock = new(Samples.Noon);
    private readonly Fence _fence = new(required: true);

    private NpgsqlIdempotencyStore Requests => new(Store.Get<PlatformDatabase>(), Store.Get<WriteQueue>(), _fence, _clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _fence.Hold(1);
    }

    [PostgresFact]
    public async Task One_of_many_gets_the_request_and_all_later_ones_its_answer()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ClaimAsync(Key)));
        var mine = Assert.Single(claims.OfType<IdempotencyClaim.Mine>());
        Assert.False(mine.IsRetaken);
        Assert.Equal(15, claims.OfType<IdempotencyClaim.Running>().Count());

        await Requests.AnswerAsync(Key, mine.Claim, Answer);
        var known = Assert.IsType<IdempotencyClaim.Answered>(await ClaimAsync(Key)).Answer;
        Assert.Equal((Answer.Status, Answer.Outcome, Answer.ContentType, Answer.Body), (known.Status, known.Outcome, known.ContentType, known.Body));
        Assert.Equal(Answer.Headers, known.Headers);
        Assert.IsType<IdempotencyClaim.Reused>(await ClaimAsync(Key with { BodyHash = "other" }));
        Assert.IsType<IdempotencyClaim.Mine>(await ClaimAsync(Key with { Team = "search" }));
    }

    [PostgresFact]
    public async Task A_holder_that_is_silent_for_too_long_loses_the_request_with_its_resource()
    {
        var dead = await TakeAsync();
        _clock.Advance(NpgsqlIdempotencyStore.Lease - TimeSpan.FromSeconds(1));
        Assert.IsType<IdempotencyClaim.Running>(await ClaimAsync(Key));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await AssertTakenOverAsync(dead);
    }

    [PostgresFact]
    public async Task A_holder_whose_node_is_no_longer_the_active_one_loses_the_request_at_once()
    {
        var dead = await TakeAsync();
        _fence.Hold(2);
        await AssertTakenOverAsync(dead);
    }

    [PostgresFact]
    public async Task A_request_that_was_given_up_need_not_be_waited_for()
    {
        var former = await TakeAsync();
        await Requests.ReleaseAsync(Key, former.Claim);
        Assert.IsType<IdempotencyClaim.Reused>(await ClaimAsync(Key with { BodyHash = "other" }));
        await AssertTakenOverAsync(former);
    }

    [PostgresFact]
    public async Task After_a_day_a_key_is_new_and_its_row_is_swept()
    {
        var first = await TakeAsync();
        await Requests.AnswerAsync(Key, first.Claim, Answer);
        await ClaimAsync(Key with { Key = "never answered" });
        _clock.Advance(NpgsqlIdempotencyStore.KeptFor);
        var second = Assert.IsType<IdempotencyClaim.Mine>(await ClaimAsync(Key with { BodyHash = "other" }));
        Assert.Equal((false, true), (second.IsRetaken, second.ResourceId != first.ResourceId));

        using var sweep = new IdempotencySweep(Store.Get<PlatformDatabase>(), _clock, NullLogger<IdempotencySweep>.Instance);
        Assert.Equal(1, await sweep.SweepAsync(CancellationToken.None));
        Assert.Equal(Key.Key, await Store.SqlAsync("SELECT string_agg(key, ',') FROM idempotency"));
    }

    private async Task AssertTakenOverAsync(IdempotencyClaim.Mine former)
    {
        var heir = await TakeAsync();
        Assert.Equal((former.ResourceId, true), (heir.ResourceId, heir.IsRetaken));
        var late = await Assert.ThrowsAsync<ProblemException>(() => Requests.AnswerAsync(Key, former.Claim, Answer with { Body = "late" }));
        Assert.Equal(ProblemCode.RequestInProgress, late.Code);
        await Requests.ReleaseAsync(Key, former.Claim);
        Assert.IsType<IdempotencyClaim.Running>(await ClaimAsync(Key));
        await Requests.AnswerAsync(Key, heir.Claim, Answer);
        Assert.Equal(Answer.Body, Assert.IsType<IdempotencyClaim.Answered>(await ClaimAsync(Key)).Answer.Body);
    }

    private async Task<IdempotencyClaim.Mine> TakeAsync() => Assert.IsType<IdempotencyClaim.Mine>(await ClaimAsync(Key));

    private Task<IdempotencyClaim> ClaimAsync(IdempotencyKey key) => Requests.ClaimAsync(key, CancellationToken.None);
}
