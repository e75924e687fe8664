namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>One thing that happens.</summary>
/// <param name="Kind">What.</param>
/// <param name="Which">To which tier or database of those that there are by then, counted round.</param>
/// <param name="Amount">How much, where that means something.</param>
/// <param name="CrashAfter">For a request: the server dies when so many transactions have begun since it was sent; null: it does not.</param>
public sealed record LifeStep(StepKind Kind, int Which, int Amount, int? CrashAfter)
{
    public override string ToString() => $"{Kind}({Which}, {Amount}){(CrashAfter is { } after ? $" and a crash after {after} transactions" : "")}";
}
