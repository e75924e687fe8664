namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>An answer that knows what the audit log calls it.</summary>
internal interface IHasOutcome
{
    string Outcome { get; }
}
