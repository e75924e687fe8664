using Orleans;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Compatibility;

/// <summary>Grain code that compiles on the embedded silo has to compile on Orleans, wherever it was written.</summary>
public sealed class OrleansCompatibilityTests
{
    private static readonly Type[] Declared = typeof(Grain).Assembly.GetExportedTypes();

    public static TheoryData<string> Names { get; } = [.. Declared.Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_the_embedded_silo_declares_Orleans_10_has_under_the_same_name_with_the_same_signature(string name)
    {
        var type = Declared.Single(type => type.FullName == name);

        Assert.True(OrleansDescription.Types.TryGetValue(PublicApi.NameOf(type), out var orleans), $"Orleans 10 has no {PublicApi.NameOf(type)}.");
        Assert.Empty(PublicApi.LinesOf(type).Except(orleans));
    }

    [Fact]
    public void The_description_of_Orleans_holds_nothing_that_the_embedded_silo_does_not_declare() =>
        Assert.Empty(OrleansDescription.Types.Keys.Except(Declared.Select(PublicApi.NameOf)));

    [Fact]
    public void A_member_that_is_added_or_changed_is_seen()
    {
        var orleans = OrleansDescription.Types["class Orleans.Storage.InconsistentStateException"];

        Assert.Contains("is Orleans.Storage.InconsistentStateException", PublicApi.LinesOf(typeof(Drifted)).Except(orleans));
        Assert.Contains("new(System.Int32 errorMsg)", PublicApi.LinesOf(typeof(Drifted)).Except(orleans));
    }

    private sealed class Drifted(int errorMsg) : Orleans.Storage.InconsistentStateException($"{errorMsg}");
}
