using Orleans;
using Orleans.Concurrency;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

[Reentrant]
internal sealed class OpenGrain(Stage stage) : Grain, IOpenGrain
{
    public Task DoAsync(string step) => stage.ArriveAsync(step);

    public async Task<int> CountDownAsync(int from) =>
        from == 0 ? 0 : 1 + await GrainFactory.GetGrain<IOpenGrain>(this.GetPrimaryKeyString()).CountDownAsync(from - 1);
}
