using System.Diagnostics;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>How long a built server takes to be healthy, on an empty data directory and on the same again.</summary>
internal static class StartUp
{
    public static async Task RunAsync(Report report)
    {
        Report.Progress("start-up: first and second start");
        using var data = new ScratchDirectory();
        var first = await MeasureAsync(data);
        var second = await MeasureAsync(data);
        report.AtMost("first start to healthy", first, 15, " s");
        report.AtMost("second start to healthy", second, 3, " s");
    }

    private static async Task<double> MeasureAsync(ScratchDirectory data)
    {
        var begun = Stopwatch.GetTimestamp();
        var server = await ServerProcess.StartAsync(data);
        var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await server.StopAsync();
        return took;
    }
}
