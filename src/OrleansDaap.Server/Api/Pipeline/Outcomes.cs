namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>What the audit log says became of a request.</summary>
internal static class Outcomes
{
    public const string Accepted = "accepted";

    /// <summary>The problem's code, or that there was none.</summary>
    public static string Of(IResult? answer) => (answer as IHasOutcome)?.Outcome ?? Accepted;
}
