namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Event ids 5000 to 5099.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(5000, LogLevel.Error, "Request {RequestId} failed.")]
    public static partial void Failed(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(5001, LogLevel.Warning, "Request {RequestId} could not be served for now.")]
    public static partial void Unavailable(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(5002, LogLevel.Error, "Request {RequestId} ({Action}) could not be written to the audit log, and was answered 503.")]
    public static partial void NotAudited(ILogger logger, string requestId, string action, Exception exception);

    [LoggerMessage(5003, LogLevel.Debug, "Request {RequestId}: {Method} {Path} was answered {Status} in {Milliseconds} ms.")]
    public static partial void Answered(ILogger logger, string requestId, string method, string path, int status, double milliseconds);

    [LoggerMessage(5004, LogLevel.Warning, "The health check of {Check} failed.")]
    public static partial void HealthCheckFailed(ILogger logger, string check, Exception exception);
}
