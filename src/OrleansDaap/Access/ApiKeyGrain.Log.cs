using Microsoft.Extensions.Logging;

namespace OrleansDaap.Access;

internal sealed partial class ApiKeyGrain
{
    [LoggerMessage(4100, LogLevel.Warning, "The last use of API key {ApiKeyId} could not be written")]
    private static partial void LogLastUseNotWritten(ILogger logger, Exception exception, string apiKeyId);
}
