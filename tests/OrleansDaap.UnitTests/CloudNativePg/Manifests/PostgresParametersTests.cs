using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.LocalPostgres.Postgres;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

public sealed class PostgresParametersTests
{
    [Theory]
    [InlineData(0.25, 25, 64, 192)]
    [InlineData(1, 100, 256, 768)]
    [InlineData(8, 500, 2048, 6144)]
    public void Memory_decides_buffers_cache_and_connections(decimal memoryGib, int connections, int buffersMib, int cacheMib)
    {
        var parameters = PostgresParameters.Of(ManifestSamples.Smallest with { MemoryGib = memoryGib }, ManifestSamples.Options);

        Assert.Equal($"{buffersMib}MB", parameters["shared_buffers"]!.GetValue<string>());
        Assert.Equal($"{cacheMib}MB", parameters["effective_cache_size"]!.GetValue<string>());
        Assert.Equal($"{connections}", parameters["max_connections"]!.GetValue<string>());
        // On a machine that is large enough the local backend gives the same.
        Assert.Equal(buffersMib, PostgresSettings.BufferMib(memoryGib, machineMemoryBytes: long.MaxValue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(65536)]
    public void What_WAL_may_take_leaves_room_for_data_on_the_smallest_volume_too(int storageGib)
    {
        var parameters = PostgresParameters.Of(ManifestSamples.Smallest with { StorageGib = storageGib }, ManifestSamples.Options);

        var most = Mib("max_wal_size") + Mib("wal_keep_size");
        Assert.InRange(most, 81, storageGib * 1024 / 2);
        // PostgreSQL's own min_wal_size, which has to be smaller.
        Assert.True(Mib("max_wal_size") > 80);
        Assert.InRange(Mib("max_slot_wal_keep_size"), Mib("wal_keep_size"), storageGib * 1024 / 2);

        int Mib(string name) => int.Parse(parameters[name]!.GetValue<string>()[..^2], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Every_value_is_a_string() =>
        Assert.All(PostgresParameters.Of(ManifestSamples.ThreeInstances, ManifestSamples.Options), parameter => Assert.Equal(System.Text.Json.JsonValueKind.String, parameter.Value!.GetValueKind()));
}
