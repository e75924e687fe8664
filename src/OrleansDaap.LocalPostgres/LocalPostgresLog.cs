using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres;

/// <summary>Event ids 3000–3099.</summary>
internal static partial class LocalPostgresLog
{
    [LoggerMessage(3000, LogLevel.Information, "Waiting for another server to let go of {Directory}")]
    public static partial void WaitingForDataDirectory(this ILogger logger, string directory);

    [LoggerMessage(3001, LogLevel.Information, "Found {Count} clusters, {Running} of them running")]
    public static partial void ClustersFound(this ILogger logger, int count, int running);

    [LoggerMessage(3002, LogLevel.Warning, "The directory {Directory} is not a database's and is left alone")]
    public static partial void StrangeDirectory(this ILogger logger, string directory);

    [LoggerMessage(3003, LogLevel.Information, "PostgreSQL runs as {User}, which cannot pass through {Closed}: the databases lie in {Directory}")]
    public static partial void ToolsElsewhere(this ILogger logger, string user, string closed, string directory);

    [LoggerMessage(3010, LogLevel.Information, "Cluster of {DatabaseId} reached generation {Generation} in {Elapsed}")]
    public static partial void ClusterReached(this ILogger logger, DatabaseId databaseId, long generation, TimeSpan elapsed);

    [LoggerMessage(3011, LogLevel.Warning, "Cluster of {DatabaseId} failed at generation {Generation}: {Code}: {Reason}")]
    public static partial void ClusterFailed(this ILogger logger, DatabaseId databaseId, long generation, string code, string reason);

    [LoggerMessage(3012, LogLevel.Error, "Cluster of {DatabaseId} failed at generation {Generation} in a way nobody thought of")]
    public static partial void ClusterBroke(this ILogger logger, Exception exception, DatabaseId databaseId, long generation);

    [LoggerMessage(3013, LogLevel.Information, "Cluster of {DatabaseId} is gone")]
    public static partial void ClusterDestroyed(this ILogger logger, DatabaseId databaseId);

    [LoggerMessage(3014, LogLevel.Warning, "Cluster of {DatabaseId} does not run any more: {Code}")]
    public static partial void ClusterFell(this ILogger logger, DatabaseId databaseId, string code);

    [LoggerMessage(3015, LogLevel.Information, "PostgreSQL of {DatabaseId} restarts: its settings have changed")]
    public static partial void SettingsChanged(this ILogger logger, DatabaseId databaseId);

    [LoggerMessage(3016, LogLevel.Information, "Cluster of {DatabaseId} is brought up to date: its certificate or settings are not today's ({Change})")]
    public static partial void ClusterDrifted(this ILogger logger, DatabaseId databaseId, SettingsChange change);

    [LoggerMessage(3017, LogLevel.Warning, "PostgreSQL of {DatabaseId} died and does not start again to be stopped in order: its last changes are not archived: {Reason}")]
    public static partial void NotRecovered(this ILogger logger, DatabaseId databaseId, string reason);

    [LoggerMessage(3050, LogLevel.Information, "Backup {Request} of {DatabaseId} is taken after {Elapsed}")]
    public static partial void BackupTaken(this ILogger logger, DatabaseId databaseId, string request, TimeSpan elapsed);

    [LoggerMessage(3051, LogLevel.Warning, "Backup {Request} of {DatabaseId} failed: {Code}: {Reason}")]
    public static partial void BackupFailed(this ILogger logger, DatabaseId databaseId, string request, string code, string reason);

    [LoggerMessage(3056, LogLevel.Warning, "Backups of {DatabaseId} that are too old are not removed yet: {Code}: {Reason}")]
    public static partial void ExpiryFailed(this ILogger logger, DatabaseId databaseId, string code, string reason);

    [LoggerMessage(3052, LogLevel.Error, "Looking after the backups of {DatabaseId} failed; the next look is in a moment")]
    public static partial void BackupsBroke(this ILogger logger, Exception exception, DatabaseId databaseId);

    [LoggerMessage(3053, LogLevel.Error, "The backups of {DatabaseId} cannot be used: {Reason}")]
    public static partial void BackupSettingsFailed(this ILogger logger, DatabaseId databaseId, string reason);

    [LoggerMessage(3054, LogLevel.Information, "Drill {Drill} of {DatabaseId} passed: recovered in {RecoveryTime}; of {Databases} databases {Tables} tables and {Sequences} sequences compared, {Busy} were busy; its files are {Files}")]
    public static partial void DrillPassed(
        this ILogger logger, DatabaseId databaseId, string drill, TimeSpan recoveryTime, int databases, int tables, int sequences, int busy, string files);

    [LoggerMessage(3056, LogLevel.Warning, "Drill {Drill} of {DatabaseId} passed, and found something else: {Code}: {Reason}")]
    public static partial void DrillWarned(this ILogger logger, DatabaseId databaseId, string drill, string code, string reason);

    [LoggerMessage(3055, LogLevel.Warning, "Drill {Drill} of {DatabaseId} failed: {Code}: {Reason}")]
    public static partial void DrillFailed(this ILogger logger, DatabaseId databaseId, string drill, string code, string reason);

    [LoggerMessage(3020, LogLevel.Information, "Made the PostgreSQL {Version} template in {Elapsed}")]
    public static partial void TemplateMade(this ILogger logger, string version, TimeSpan elapsed);

    [LoggerMessage(3021, LogLevel.Warning, "Preparing clones for new databases failed; databases are made without them: {Reason}")]
    public static partial void SparesFailed(this ILogger logger, string reason);

    [LoggerMessage(3030, LogLevel.Information, "The platform's PostgreSQL is {How} after {Elapsed}")]
    public static partial void PlatformRuns(this ILogger logger, string how, TimeSpan elapsed);

    [LoggerMessage(3031, LogLevel.Information, "The platform's PostgreSQL has stopped")]
    public static partial void PlatformStopped(this ILogger logger);

    [LoggerMessage(3040, LogLevel.Error, "Looking after the clusters failed; the next look is in a moment")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);
}
