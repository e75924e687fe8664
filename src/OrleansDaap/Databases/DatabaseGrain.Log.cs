using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

internal sealed partial class DatabaseGrain
{
    [LoggerMessage(4400, LogLevel.Debug, "Database {DatabaseId}: {Step}, its cluster being {Phase}")]
    private static partial void LogStep(ILogger logger, DatabaseId databaseId, string step, ClusterPhase phase);

    [LoggerMessage(4401, LogLevel.Information, "Database {DatabaseId} is {Status} (reason: {Reason})")]
    private static partial void LogStatus(ILogger logger, DatabaseId databaseId, DatabaseStatus status, string? reason);

    [LoggerMessage(4402, LogLevel.Warning, "Database {DatabaseId}: the backend could not be asked")]
    private static partial void LogBackendTrouble(ILogger logger, Exception exception, DatabaseId databaseId);

    [LoggerMessage(4403, LogLevel.Debug, "Database {DatabaseId}: its extensions could not be read")]
    private static partial void LogExtensionsUnread(ILogger logger, Exception exception, DatabaseId databaseId);
}
