using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Servers;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.Benchmarks;

/// <summary>
/// 5,000 clusters on Kubernetes, in the test API server: how soon a server that starts has observed them all, what it asks while nothing
/// happens, and how soon a client sees that one more is ready.
/// </summary>
internal static class Clusters
{
    private const int PageSize = 500;
    private const int More = 200;

    /// <summary>So many before them are not counted.</summary>
    private const int WarmUp = 20;
    private const int MostRounds = 3;

    /// <summary>In which every database is reconciled by its reminder and asked for its extensions once.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(Report report)
    {
        if (new RequiresCnpgDefinitionsAttribute().FindMissing() is { } missing)
        {
            Report.Progress($"kubernetes: not measured. {missing}");
            return;
        }

        using var data = new ScratchDirectory();
        await using var kubernetes = await TestKubernetes.StartAsync();
        await FillAsync(data, kubernetes);
        await using var server = await MeasureStartAsync(report, data, kubernetes);
        await MeasureSteadyAsync(report, kubernetes);
        await MeasureReadyAsync(report, kubernetes, server);
    }

    private static async Task FillAsync(ScratchDirectory data, TestKubernetes kubernetes)
    {
        Report.Progress($"kubernetes: filling in {ClusterPopulation.Clusters} clusters");
        await using var server = await KubernetesServer.StartAsync(data, kubernetes);
        await server.CreateTierAsync();
        var model = await server.CreateDatabaseAsync("model");
        await server.UntilAsync(model, database => database.GetProperty("extensions").GetArrayLength() > 0);

        // Killed, it leaves the platform's PostgreSQL running.
        await server.KillAsync();
        await ClusterPopulation.AddAsync(kubernetes, data, model);
    }

    private static async Task<ServerProcess> MeasureStartAsync(Report report, ScratchDirectory data, TestKubernetes kubernetes)
    {
        Report.Progress("kubernetes: starting a server on them");
        kubernetes.Server.Requests.Clear();
        var begun = Stopwatch.GetTimestamp();
        var server = await KubernetesServer.StartAsync(data, kubernetes);
        report.AtMost(
            $"a restarted server has observed {ClusterPopulation.Clusters} clusters", Stopwatch.GetElapsedTime(begun).TotalSeconds, 10, " s", "(from its launch until it is healthy)");
        var pages = kubernetes.Server.Requests.Where(request => request.Query.Contains("limit=", StringComparison.Ordinal)).CountBy(request => request.Path.Split('/')[^1]).ToList();
        report.AtMost(
            $"list pages beyond one for every {PageSize} objects of a kind", pages.Max(one => one.Value - Needed(kubernetes, one.Key)), 0, "",
            $"({string.Join(", ", pages.Select(one => $"{one.Key} {one.Value}"))})");
        return server;
    }

    // An empty page tells that there is nothing.
    private static int Needed(TestKubernetes kubernetes, string plural)
    {
        var kind = Kinds.Watched.Single(kind => kind.Plural == plural);
        return Math.Max(1, (kubernetes.Server.Store.Snapshot(kind).Objects.Count + PageSize - 1) / PageSize);
    }

    private static async Task MeasureSteadyAsync(Report report, TestKubernetes kubernetes)
    {
        Report.Progress("kubernetes: a round of reminders in which each database's secret is read once, and another");
        var begun = Stopwatch.GetTimestamp();
        while (SecretsRead(kubernetes) < ClusterPopulation.Clusters && Stopwatch.GetElapsedTime(begun) < MostRounds * Round) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        var (start, before) = (kubernetes.Server.Requests.Count, kubernetes.Server.Requests.Count(request => !request.IsWatch));
        await Task.Delay(Round, TimeProvider.System);
        var asked = kubernetes.Server.Requests.Skip(start).Where(request => !request.IsWatch).ToList();
        report.AtMost(
            "requests but watches in a steady minute", asked.Count, 0, "",
            $"({before} before; {string.Join(", ", asked.Take(3).Select(request => $"{request.Method} {request.Path}"))})".Replace("; )", ")", StringComparison.Ordinal));
    }

    private static int SecretsRead(TestKubernetes kubernetes) =>
        kubernetes.Server.Requests.Where(request => request.Path.Contains("/secrets/", StringComparison.Ordinal)).Select(request => request.Path).Distinct().Count();

    private static async Task MeasureReadyAsync(Report report, TestKubernetes kubernetes, ServerProcess server)
    {
        Report.Progress($"kubernetes: {More} more get ready, one after the other");
        var released = new ConcurrentDictionary<string, bool>();
        kubernetes.Operator.Moods.Holds = name => !released.ContainsKey(name);
        var ids = new List<string>();
        for (var i = 0; i < WarmUp + More; i++) ids.Add(await server.CreateDatabaseAsync($"more-{i}"));
        foreach (var id in ids) await ServerProcess.UntilAsync(() => Task.FromResult(ClusterNotes.CaOf(Find(kubernetes, id)) is not null));

        var took = new List<double>();
        foreach (var id in ids)
        {
            var shown = ReadyAsync(kubernetes, id);
            released[id] = true;
            kubernetes.Operator.Nudge(id);
            var begun = await shown;
            while ((await server.SendAsync(HttpMethod.Get, $"/databases/{id}")).GetProperty("status").GetString() != "ready") await Task.Yield();
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        took.RemoveRange(0, WarmUp);
        report.AtMost(
            $"a Cluster among {ClusterPopulation.Clusters} Ready to ready in the API, p99", Percentiles.Of(took, 99), 250, " ms",
            $"(p50 {Percentiles.Of(took, 50):0} ms, most {took.Max():0} ms)");
    }

    /// <summary>When the API server had it that the cluster is ready.</summary>
    private static async Task<long> ReadyAsync(TestKubernetes kubernetes, string id)
    {
        var store = kubernetes.Server.Store;
        var channel = store.Follow(Kinds.Cluster, store.Revision)!;
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync())
            {
                if (happened.Now.Key.Name == id && IsReady(new KubernetesObject(JsonElement.Parse(happened.Now.Utf8.Span)))) return Stopwatch.GetTimestamp();
            }
        }
        finally
        {
            store.Leave(Kinds.Cluster, channel);
        }

        throw new InvalidOperationException("The test API server ended.");
    }

    private static bool IsReady(KubernetesObject cluster) => cluster.Condition(ClusterWords.Ready)?.IsTrue == true;

    private static KubernetesObject? Find(TestKubernetes kubernetes, string id) =>
        kubernetes.Server.Store.Find(Kinds.Cluster, new ObjectKey("daap-checkout", id)) is { } found ? new KubernetesObject(JsonElement.Parse(found.Utf8.Span)) : null;
}
