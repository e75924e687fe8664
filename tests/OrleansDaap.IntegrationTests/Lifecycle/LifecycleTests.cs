using FsCheck;
using FsCheck.Fluent;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>
/// Whatever is asked, in whatever order, whatever fails and however often the server dies: once all has had its time, the invariants hold.
/// A failure prints its seed, which <c>DAAP_SEED</c> takes, and the shortest sequence that still fails.
/// </summary>
[Collection(UsesPostgres.Name)]
public sealed class LifecycleTests(PostgresFixture postgres)
{
    /// <summary>Some 35 steps each.</summary>
    private const int Runs = 6;

    /// <summary>How much more there is under <c>make soak</c>.</summary>
    private const int SoakFactor = 50;

    /// <summary>The short form takes the same steps each time: what it finds is the fault of what was changed.</summary>
    private const ulong Seed = 20261121;

    [PostgresFact]
    [Trait(Soak.Category, Soak.Name)]
    public void Databases_live_as_they_were_promised_to()
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("DAAP_SEED"), out var given) ? given
            : Soak.IsOn ? (ulong)Random.Shared.NextInt64()
            : Seed;
        try
        {
            Prop.ForAll(LifeSteps.Arbitrary, steps => Task.Run(() => LiveAsync(steps)).GetAwaiter().GetResult()).Check(
                Config.QuickThrowOnFailure.WithMaxTest(Soak.Of(Runs, Runs * SoakFactor)).WithReplay(new Replay(new Rnd(seed), null)));
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Again with DAAP_SEED={seed}.", failure);
        }
    }

    private async Task LiveAsync(LifeStep[] steps)
    {
        await using var server = await CrashableServer.StartAsync(await postgres.Server.CreateDatabaseAsync());
        var run = new LifecycleRun(server);
        await run.PrepareAsync();
        foreach (var step in steps)
            await run.TakeAsync(step);
        await new Invariants(server, run).HoldAsync();
    }
}
