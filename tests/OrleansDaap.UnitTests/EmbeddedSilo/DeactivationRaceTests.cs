using System.Collections.Concurrent;
using Orleans.Runtime;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class DeactivationRaceTests : SiloFixture
{
    [Fact]
    public async Task Calls_that_race_with_deactivations_are_all_carried_out_and_never_by_two_activations_at_once()
    {
        const int Grains = 8;
        const int CallsEach = 4000;
        var alive = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        Stage.OnActivate = (key, _) =>
        {
            Interlocked.Add(ref overlaps, alive.AddOrUpdate(key, 1, (_, n) => n + 1) > 1 ? 1 : 0);
            return Task.CompletedTask;
        };
        Stage.OnDeactivate = async (key, _) =>
        {
            await Task.Yield();
            alive.AddOrUpdate(key, 0, (_, n) => n - 1);
        };
        Stage.Open("leave");

        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < CallsEach / 2; i++)
            {
                var grain = Probe("g" + ((caller + i) % Grains));
                await ((caller + i) % 7 == 0 ? grain.LeaveInterleavingAsync() : grain.InstanceAsync());
                Interlocked.Increment(ref done);
            }
        })));

        Assert.Equal(0, overlaps);
        Assert.Equal(16 * CallsEach / 2, done);
        Assert.True(Stage.NextInstance() > Grains, "Grains must have been deactivated for this to show anything.");
    }

    [Fact]
    public async Task A_grain_that_leaves_whenever_it_is_activated_fails_its_callers_instead_of_spinning()
    {
        Stage.OnActivate = (key, _) =>
        {
            Silo.Tenure!.Find(GrainId.Create("probe", key))!.Deactivate(new(Orleans.DeactivationReasonCode.ApplicationRequested, "test"));
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<OrleansException>(() => Probe("a").InstanceAsync());
    }
}
