using OrleansDaap.Access;
using OrleansDaap.Common;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

/// <summary>Requests and their answers, in memory; none expires.</summary>
internal sealed class InMemoryIdempotency : IIdempotencyStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Team, string Route, string Key), Row> _rows = [];

    public int Calls { get; private set; }

    public IEnumerable<StoredAnswer> Answers => _rows.Values.Select(row => row.Answer).OfType<StoredAnswer>();

    /// <summary>Called before an answer is kept; throws to play a crash.</summary>
    public Action BeforeAnswer { get; set; } = static () => { };

    public Task<IdempotencyClaim> ClaimAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Calls++;
            if (!_rows.TryGetValue((key.Team, key.Route, key.Key), out var row))
            {
                _rows[(key.Team, key.Route, key.Key)] = row = new Row(key.BodyHash, SortableId.New(InMemoryPlatform.Now));
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Mine(row.Claim, row.ResourceId, IsRetaken: false));
            }

            if (row.BodyHash != key.BodyHash)
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Reused());
            if (row.Answer is { } answer)
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Answered(answer));
            if (!row.Released)
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Running());
            (row.Released, row.Claim) = (false, row.Claim + 1);
            return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Mine(row.Claim, row.ResourceId, IsRetaken: true));
        }
    }

    public Task AnswerAsync(IdempotencyKey key, long claim, StoredAnswer answer)
    {
        BeforeAnswer();
        lock (_lock)
            _rows[(key.Team, key.Route, key.Key)].Answer = answer;
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(IdempotencyKey key, long claim)
    {
        lock (_lock)
            _rows[(key.Team, key.Route, key.Key)].Released = true;
        return Task.CompletedTask;
    }

    private sealed class Row(string bodyHash, string resourceId)
    {
        public string BodyHash => bodyHash;

        public string ResourceId => resourceId;

        public long Claim { get; set; } = 1;

        public bool Released { get; set; }

        public StoredAnswer? Answer { get; set; }
    }
}
