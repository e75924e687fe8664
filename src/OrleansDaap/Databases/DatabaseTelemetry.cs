using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>What databases cost in time, for whoever listens: each step of each in a trace, and all of them in numbers.</summary>
public static class DatabaseTelemetry
{
    /// <summary>The tag by which everything about one database is found.</summary>
    public const string DatabaseTag = "daap.database.id";

    private const string Name = "OrleansDaap.Databases";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> StepDuration = Meter.CreateHistogram<double>(
        "daap.database.step.duration",
        unit: "s",
        description: "What was asked of the backend or of quotas for a database, and the time until it was answered.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60] });

    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>(
        "daap.reconcile.lag",
        unit: "s",
        description: "How late databases were looked at that had set themselves a time.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300] });

    private static readonly Histogram<double> BackupAge = Meter.CreateHistogram<double>(
        "daap.backup.age",
        unit: "s",
        description: "How old the last backup was of each database that has any, by tier, whenever one was looked at.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [3600, 10800, 21600, 43200, 86400, 108000, 172800, 345600, 691200, 2592000] });

    /// <summary>Runs one step.</summary>
    internal static async Task StepAsync(DatabaseId database, DatabaseStep step, TimeProvider time, Func<Task> run)
    {
        var name = step.GetType().Name;
        var begun = time.GetTimestamp();
        using var span = Source.StartActivity($"step {name}")?.SetTag(DatabaseTag, database.Value);
        var outcome = "failed";
        try
        {
            await run();
            outcome = "done";
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
        finally
        {
            StepDuration.Record(time.GetElapsedTime(begun).TotalSeconds, KeyValuePair.Create<string, object?>("step", name), KeyValuePair.Create<string, object?>("outcome", outcome));
        }
    }

    /// <summary>A look at a database that was to be at a certain time came so much later.</summary>
    internal static void Late(TimeSpan by) => Lag.Record(Math.Max(0, by.TotalSeconds));

    /// <summary>What of a database is told in numbers whenever it is looked at.</summary>
    internal static void Seen(DatabaseState state, DateTimeOffset now)
    {
        if (state is { Status: DatabaseStatus.Ready, Tier.Spec.Backup: not null } && (state.Backups?.LastSuccessfulAt ?? state.ReadyAt) is { } since)
            BackupAge.Record(Math.Max(0, (now - since).TotalSeconds), new KeyValuePair<string, object?>("tier", state.Tier.Id));
    }
}
