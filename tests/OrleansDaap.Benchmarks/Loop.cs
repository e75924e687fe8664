using System.Diagnostics;

namespace OrleansDaap.Benchmarks;

/// <summary>Callers that each do one thing after the other, as fast as they are answered.</summary>
internal static class Loop
{
    /// <summary>Runs for a time; the operations done per second, and how long each took, in milliseconds.</summary>
    public static async Task<(double PerSecond, IReadOnlyCollection<double> Milliseconds)> RunAsync(
        int callers, TimeSpan time, Func<int, int, Task> operation)
    {
        var took = new List<double>[callers];
        var total = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            took[caller] = [];
            for (var round = 0; total.Elapsed < time; round++)
            {
                var one = Stopwatch.GetTimestamp();
                await operation(caller, round);
                took[caller].Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
            }
        })));
        var all = took.SelectMany(one => one).ToArray();
        return (all.Length / total.Elapsed.TotalSeconds, all);
    }
}
