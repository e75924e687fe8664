using Microsoft.Extensions.Logging;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

internal sealed partial class DatabaseWaker
{
    [LoggerMessage(4450, LogLevel.Debug, "Not the active node: databases are woken elsewhere")]
    private static partial void LogStandby(ILogger logger);

    [LoggerMessage(4451, LogLevel.Warning, "Waking databases was interrupted and starts again")]
    private static partial void LogRestart(ILogger logger, Exception exception);

    [LoggerMessage(4452, LogLevel.Warning, "Database {DatabaseId} could not be reconciled; its reminder tries again")]
    private static partial void LogNotWoken(ILogger logger, Exception exception, DatabaseId databaseId);
}
