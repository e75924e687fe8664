namespace OrleansDaap.Server.Api.Idempotency;

/// <summary>Event ids 5100 to 5109.</summary>
internal static partial class IdempotencyLog
{
    [LoggerMessage(5100, LogLevel.Warning, "The Idempotency-Key of request {RequestId} could not be released; it is free when its lease has run out.")]
    public static partial void NotReleased(ILogger logger, string requestId, Exception exception);
}
