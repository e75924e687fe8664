using System.Diagnostics;
using System.Globalization;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>What a person types for a new database: initdb, pg_ctl start, createdb, and a first query.</summary>
internal sealed class RawCluster : IDisposable
{
    private readonly ScratchDirectory scratch = new();

    public RawCluster() => File.SetUnixFileMode(scratch.Path, (UnixFileMode)0x1FF);

    public async Task<double> MeasureAsync()
    {
        var place = Path.Combine(scratch.Path, Guid.NewGuid().ToString("N")[..8]);
        var port = Random.Shared.Next(20000, 30000).ToString(CultureInfo.InvariantCulture);
        var begun = Stopwatch.GetTimestamp();
        await Tools.RunAsync("initdb", "-D", place, "-A", "trust", "-U", "postgres");
        await Tools.RunAsync("pg_ctl", "start", "-w", "-s", "-D", place, "-l", $"{place}.log", "-o", $"-c listen_addresses='' -k {scratch.Path} -p {port}");
        await Tools.RunAsync("createdb", "-h", scratch.Path, "-p", port, "-U", "postgres", "app");
        await Tools.RunAsync("psql", "-h", scratch.Path, "-p", port, "-U", "postgres", "-c", "select 1", "app");
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await Tools.RunAsync("pg_ctl", "stop", "-m", "immediate", "-s", "-D", place);
        Directory.Delete(place, recursive: true);
        return took;
    }

    public void Dispose() => scratch.Dispose();
}
