using Orleans;
using OrleansDaap.Access;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

/// <summary>Stands in for the silo: every grain is a view on one in-memory platform.</summary>
internal sealed class GrainsByKey(InMemoryPlatform platform) : IGrainFactory
{
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        object grain = typeof(TGrainInterface) switch
        {
            var type when type == typeof(IApiKeyGrain) => new InMemoryApiKey(platform, primaryKey),
            var type when type == typeof(ITierGrain) => new InMemoryTier(platform, primaryKey),
            var type when type == typeof(IQuotaGrain) => new InMemoryQuota(platform, primaryKey),
            var type when type == typeof(IDatabaseGrain) => new InMemoryDatabase(platform, primaryKey),
            var type => throw new NotSupportedException(type.Name),
        };
        return (TGrainInterface)grain;
    }
}
