using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Idempotency;

/// <summary>Keeps the answer of a request whose claim still holds.</summary>
internal sealed class AnswerWrite(IdempotencyKey key, long claim, int status, string answer) : Write
{
    private static readonly WriteKind Statement = new WriteKind<AnswerWrite>(
        """
        UPDATE idempotency SET status = wanted.status, answer = wanted.answer
        FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS wanted (team, route, key, claim, status, answer, position)
        WHERE idempotency.team = wanted.team AND idempotency.route = wanted.route AND idempotency.key = wanted.key
            AND idempotency.claim = wanted.claim
        RETURNING position, idempotency.claim
        """,
        columns => columns.Text(write => write.Key.Team).Text(write => write.Key.Route).Text(write => write.Key.Key)
            .Bigint(write => write.Claim).Integer(write => write.Status).Jsonb(write => write.Answer));

    public IdempotencyKey Key => key;

    public long Claim => claim;

    public int Status => status;

    public string Answer => answer;

    public override WriteKind Kind => Statement;

    // Lengths first, because a team, a route and a key may each hold any letter.
    public override string Row => $"idempotency/{key.Team.Length}/{key.Route.Length}/{key.Team}/{key.Route}/{key.Key}";

    protected override Exception Refused() => new ProblemException(
        ProblemCode.RequestInProgress, "This attempt took so long that another one took the request over; ask again for its answer.");
}
