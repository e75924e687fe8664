using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg;

public sealed class DriftTests
{
    [Theory]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":1},"status":{"b":2}}""")]
    [InlineData("""{"spec":{"ports":[{"port":5432}]}}""", """{"spec":{"ports":[{"port":5432,"protocol":"TCP"}]}}""")]
    [InlineData("""{"spec":{"selector":{}}}""", """{"spec":{}}""")]
    [InlineData("""{"a":"on","b":true}""", """{"b":true,"a":"on"}""")]
    public void What_others_add_is_no_drift(string wanted, string live) => Assert.False(IsIn(wanted, live));

    [Theory]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{"a":2}}""")]
    [InlineData("""{"spec":{"a":"1"}}""", """{"spec":{"a":1}}""")]
    [InlineData("""{"spec":{"a":1}}""", """{"spec":{}}""")]
    [InlineData("""{"rules":["a","b"]}""", """{"rules":["a","b","c"]}""")]
    [InlineData("""{"rules":["a","b"]}""", """{"rules":["b","a"]}""")]
    [InlineData("""{"rules":[{"a":1}]}""", """{"rules":null}""")]
    public void What_was_said_and_is_not_so_is(string wanted, string live) => Assert.True(IsIn(wanted, live));

    private static bool IsIn(string wanted, string live) => Drift.IsIn(JsonNode.Parse(wanted)!.AsObject(), JsonElement.Parse(live));
}
