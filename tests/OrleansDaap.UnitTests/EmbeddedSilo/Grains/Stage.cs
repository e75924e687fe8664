using System.Collections.Concurrent;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

/// <summary>Where a test directs its grains: it sees the steps they reach, and lets them go on.</summary>
public sealed class Stage
{
    // Only a broken silo makes a test wait so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _reached = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _open = new();
    private readonly ConcurrentQueue<string> _log = new();
    private int _instances;

    public IReadOnlyList<string> Log => [.. _log];

    public Func<string, CancellationToken, Task> OnActivate { get; set; } = (_, _) => Task.CompletedTask;

    public Func<string, CancellationToken, Task> OnDeactivate { get; set; } = (_, _) => Task.CompletedTask;

    public Func<string, CancellationToken, Task> OnTick { get; set; } = (_, _) => Task.CompletedTask;

    public int NextInstance() => Interlocked.Increment(ref _instances);

    public void Note(string line) => _log.Enqueue(line);

    /// <summary>Waits until a grain has reached the step.</summary>
    public Task Reached(string step) => Source(_reached, step).Task.WaitAsync(Patience);

    public bool HasReached(string step) => Source(_reached, step).Task.IsCompleted;

    /// <summary>Lets whoever is at the step go on, now and later.</summary>
    public void Open(string step) => Source(_open, step).TrySetResult();

    /// <summary>Says that the step is reached.</summary>
    public void Mark(string step)
    {
        Note(step);
        Source(_reached, step).TrySetResult();
    }

    /// <summary>Waits for something that gives no signal.</summary>
    public static async Task Until(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Patience, "This never came to be.");
            await Task.Yield();
        }
    }

    /// <summary>Says that the step is reached, and waits to be let on.</summary>
    public async Task ArriveAsync(string step, CancellationToken cancellationToken = default)
    {
        Note("in " + step);
        Source(_reached, step).TrySetResult();
        await Source(_open, step).Task.WaitAsync(cancellationToken);
        Note("out " + step);
    }

    private static TaskCompletionSource Source(ConcurrentDictionary<string, TaskCompletionSource> sources, string step) =>
        sources.GetOrAdd(step, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
