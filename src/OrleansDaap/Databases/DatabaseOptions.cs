using System.ComponentModel.DataAnnotations;

namespace OrleansDaap.Databases;

/// <summary>How databases are reconciled; bound to <c>Daap:Databases</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Daap:Databases";

    /// <summary>How often each database is looked at when nothing else wakes it. Backend events do in good times; this is the net beneath them.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A backend that is at work on a cluster for longer than this puts the database into <c>error</c>; it may still get there.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan ProgressDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait after a first failure; it doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts, and so the time in which a database heals once the cause of its failure is gone.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAtLeastEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan RetryAfter(int failures)
    {
        // 2^20 times the smallest first wait of 0.1 s is over a day, so a higher power could only overflow.
        var wait = FirstRetryAfter * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return wait < RetryAtLeastEvery ? wait : RetryAtLeastEvery;
    }
}
