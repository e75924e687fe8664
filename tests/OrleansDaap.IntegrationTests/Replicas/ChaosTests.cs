using System.Globalization;
using System.Net;
using OrleansDaap.Benchmarks;
using OrleansDaap.Testing;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;
using Xunit.Abstractions;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>
/// Servers that are killed, frozen, cut off and stopped while up to 16 callers go on, and a PostgreSQL that dies too: none of what was answered
/// is lost, none doubled. <c>DAAP_SEED</c> repeats a run's troubles, though not what they meet.
/// </summary>
[RequiresCnpgDefinitions]
[RequiresLocalPostgres]
public sealed class ChaosTests(ITestOutputHelper output)
{
    /// <summary>In the short form no more than what leaves the tests beside it some time.</summary>
    private static readonly int Callers = Soak.Of(3, 16);
    private const int Places = 48;
    private const int LongestGapSeconds = 8;

    [DependentFact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task Whatever_happens_to_the_servers_none_of_what_they_answered_is_lost_or_doubled()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("DAAP_SEED"), CultureInfo.InvariantCulture, out var given) ? given
            : Soak.IsOn ? Random.Shared.Next()
            : 20261121;
        output.WriteLine($"DAAP_SEED={seed}");
        using var folder = new ScratchDirectory();
        await using var postgres = await TestPostgres.StartAsync();
        await using var kubernetes = await TestKubernetes.StartAsync();
        var kubeconfig = Path.Combine(folder.Path, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Server.Kubeconfig());
        await using var servers = await ReplicaSet.StartAsync(
            Soak.Of(2, 3),
            await postgres.CreateDatabaseAsync(),
            KubernetesServer.Command,
            new Dictionary<string, string>
            {
                ["Daap__CloudNativePg__Kubeconfig"] = kubeconfig,
                ["Daap__CloudNativePg__ApiServerCidrs__0"] = "10.0.0.1/32",
            });
        Assert.Equal(HttpStatusCode.Created, (await servers.Client.SendAsync(HttpMethod.Post, "/tiers", Tiers.Freezing)).Status);
        await servers.Client.SendAsync(HttpMethod.Put, $"/tiers/{Tiers.Name}/quota", new { databases = Places });

        var pulse = new Pulse();
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(number => new ChaosCaller(servers.Client, pulse, number, new Random(seed + number))).ToArray();
        var calling = callers.Select(caller => caller.RunAsync(enough.Token)).ToArray();
        await new Troubles(servers, postgres, pulse, new Random(seed), output.WriteLine).MakeAsync();
        await enough.CancelAsync();
        await Task.WhenAll(calling);
        foreach (var server in servers.All)
            await server.UntilHealthyAsync();

        output.WriteLine($"{pulse.Successes} changes; the longest time without one was {pulse.LongestGap.TotalSeconds:0.0} s.");
        try
        {
            await new ChaosInvariants(servers.Client, kubernetes, [.. callers.SelectMany(caller => caller.Databases)]).HoldAsync();
        }
        catch (TimeoutException)
        {
            foreach (var server in servers.All)
                output.WriteLine($"{server.Address} said: {server.Output}");
            throw;
        }

        if (Soak.IsOn)
            Assert.InRange(pulse.LongestGap.TotalSeconds, 0, LongestGapSeconds);
    }
}
