using Xunit;

namespace OrleansDaap.UnitTests.Architecture;

public sealed class DirectionTests
{
    private const string PlantedRoot = "OrleansDaap.UnitTests.Architecture.Planted";

    [Theory]
    [InlineData("OrleansDaap")]
    [InlineData("OrleansDaap.EmbeddedSilo")]
    [InlineData("OrleansDaap.Storage")]
    [InlineData("OrleansDaap.LocalPostgres")]
    [InlineData("OrleansDaap.CloudNativePg")]
    [InlineData("OrleansDaap.Server")]
    public void Modules_use_only_what_the_direction_table_allows(string assembly)
    {
        var edges = TypeEdges.Read(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));

        Assert.NotEmpty(edges);
        Assert.Empty(Modules.Trespasses(edges));
    }

    [Fact]
    public void A_planted_edge_in_a_method_body_is_seen()
    {
        var edges = TypeEdges.Read(typeof(DirectionTests).Assembly.Location);

        Assert.Contains((PlantedRoot + ".Tiers", PlantedRoot + ".Databases"), edges);
        Assert.Contains(Modules.Trespasses(edges, PlantedRoot), trespass => trespass.StartsWith("Tiers must not use Databases", StringComparison.Ordinal));
    }

    [Fact]
    public void A_planted_use_of_the_network_in_a_room_is_seen()
    {
        var edges = TypeEdges.Read(typeof(DirectionTests).Assembly.Location);

        Assert.Contains("Tiers must not use System.Net.Http", Modules.Trespasses(edges, PlantedRoot));
    }
}
