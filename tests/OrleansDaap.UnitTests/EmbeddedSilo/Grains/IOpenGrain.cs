using Orleans;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

internal interface IOpenGrain : IGrainWithStringKey
{
    Task DoAsync(string step);

    /// <summary>Calls itself, which only a reentrant grain can.</summary>
    Task<int> CountDownAsync(int from);
}
