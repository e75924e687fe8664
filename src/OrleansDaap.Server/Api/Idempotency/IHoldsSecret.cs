namespace OrleansDaap.Server.Api.Idempotency;

/// <summary>An answer with something in it that only its first receiver may see, and that is kept nowhere.</summary>
internal interface IHoldsSecret
{
    /// <summary>The answer without it, for whoever repeats the request.</summary>
    IResult WithoutSecret { get; }
}
