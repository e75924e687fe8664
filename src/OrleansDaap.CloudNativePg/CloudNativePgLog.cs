using Microsoft.Extensions.Logging;
using OrleansDaap.Common;

namespace OrleansDaap.CloudNativePg;

internal static partial class CloudNativePgLog
{
    [LoggerMessage(6100, LogLevel.Information, "Found {Count} databases in Kubernetes")]
    public static partial void DatabasesFound(this ILogger logger, int count);

    [LoggerMessage(6101, LogLevel.Warning, "A step for {Database} failed: {Reason}")]
    public static partial void StepFailed(this ILogger logger, DatabaseId database, string reason);

    [LoggerMessage(6102, LogLevel.Error, "A step for {Database} broke")]
    public static partial void StepBroke(this ILogger logger, DatabaseId database, Exception failure);

    [LoggerMessage(6103, LogLevel.Warning, "The objects of {Database} are not what was applied any more and are put right")]
    public static partial void Drifted(this ILogger logger, DatabaseId database);

    [LoggerMessage(6104, LogLevel.Warning, "The cluster of {Database} is gone, and its data with it: another server removed it, or somebody deleted it")]
    public static partial void ClusterLost(this ILogger logger, DatabaseId database);

    [LoggerMessage(6109, LogLevel.Warning, "The owner's secret of {Database} is gone and is made again, with a new password")]
    public static partial void CredentialsLost(this ILogger logger, DatabaseId database);

    [LoggerMessage(6110, LogLevel.Information, "Drill {Drill} of {Database} passed: recovered in {RecoveryTime}")]
    public static partial void DrillPassed(this ILogger logger, DatabaseId database, string drill, TimeSpan recoveryTime);

    [LoggerMessage(6111, LogLevel.Warning, "Drill {Drill} of {Database} failed: {Code}: {Reason}")]
    public static partial void DrillFailed(this ILogger logger, DatabaseId database, string drill, string code, string reason);

    [LoggerMessage(6105, LogLevel.Warning, "What the backups of {Database} take could not be measured: {Reason}")]
    public static partial void NotMeasured(this ILogger logger, DatabaseId database, string reason);

    [LoggerMessage(6106, LogLevel.Warning, "What {Namespace} has for all its databases is not what was applied any more and is put right")]
    public static partial void NamespaceDrifted(this ILogger logger, string @namespace);

    [LoggerMessage(6107, LogLevel.Error, "The watch of Kubernetes ended")]
    public static partial void WatchBroke(this ILogger logger, Exception failure);

    [LoggerMessage(6108, LogLevel.Warning, "What {Namespace} has for all its databases could not be put right: {Reason}")]
    public static partial void NamespaceFailed(this ILogger logger, string @namespace, string reason);
}
