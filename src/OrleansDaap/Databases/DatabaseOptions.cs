using Microsoft.Extensions.Options;

namespace OrleansDaap.Databases;

/// <summary>How databases are reconciled; bound to <c>Daap:Databases</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Daap:Databases";

    /// <summary>How often each database is looked at when nothing else wakes it. Backend events do in good times; this is the net beneath them.</summary>
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A backend that is at work on a cluster for longer than this puts the database into <c>error</c>; it may still get there.</summary>
    public TimeSpan ProgressDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait after a first failure; it doubles with each further one.</summary>
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts, and so the time in which a database heals once the cause of its failure is gone.</summary>
    public TimeSpan RetryAtLeastEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A restore that is tried again so long after the first failure in a row, and still fails, is undone; so is one that has copied for a
    /// day (<see cref="RestorePlan.LongestCopy"/>) and for so much longer. Attempts that get somewhere do not fail in a row.
    /// </summary>
    public TimeSpan RestoreGivesUpAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How often a ready database is asked for its extensions, by the wake-up of <see cref="ReconcileEvery"/> that is nearest, so no more often
    /// than that. What is unchanged is written down, and told as observed, at every sixth look.
    /// </summary>
    public TimeSpan ObserveExtensionsEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan RetryAfter(int failures)
    {
        // 2^20 times the smallest first wait of 0.1 s is over a day, so a higher power could only overflow.
        var wait = FirstRetryAfter * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return wait < RetryAtLeastEvery ? wait : RetryAtLeastEvery;
    }
}

internal sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        // Reminders are refused under a minute.
        string[] mistakes =
        [
            .. Outside(nameof(options.ReconcileEvery), options.ReconcileEvery, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            .. Outside(nameof(options.ObserveExtensionsEvery), options.ObserveExtensionsEvery, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
            .. Outside(nameof(options.ProgressDeadline), options.ProgressDeadline, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            .. Outside(nameof(options.FirstRetryAfter), options.FirstRetryAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            .. Outside(nameof(options.RetryAtLeastEvery), options.RetryAtLeastEvery, options.FirstRetryAfter, TimeSpan.FromHours(1)),
            .. Outside(nameof(options.RestoreGivesUpAfter), options.RestoreGivesUpAfter, TimeSpan.Zero, TimeSpan.FromDays(7)),
        ];
        return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Outside(string key, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            yield return $"{DatabaseOptions.Section}:{key}: {value} is not between {least} and {most}.";
        }
    }
}
