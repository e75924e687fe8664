namespace OrleansDaap.Server.Api.PassingOn;

/// <summary>Event ids 5100 to 5109.</summary>
internal static partial class PassingOnLog
{
    [LoggerMessage(5100, LogLevel.Warning, "Request {RequestId} was passed on to the active node at {Address}, which did not answer.")]
    public static partial void NotAnswered(ILogger logger, string requestId, Uri address, Exception exception);
}
