using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansDaap.Server.Api.Bodies;
using Xunit;

namespace OrleansDaap.UnitTests.Server.Api.Bodies;

public sealed class MergePatchTests
{
    /// <summary>The examples of RFC 7396, but for nulls that remove nothing.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":1}}""", """{"a":{"b":"d","c":1}}""")]
    [InlineData("""{"a":{"b":"c","d":1}}""", """{"a":{"b":null}}""", """{"a":{"d":1}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("""{"a":1}""", """{"a":{"b":{"c":2}}}""", """{"a":{"b":{"c":2}}}""")]
    public void Patches_apply_as_the_rfc_says(string target, string patch, string expected) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(Apply(target, patch))), Apply(target, patch));

    [Fact]
    public void A_null_for_what_is_not_there_stays_to_be_refused() =>
        Assert.Equal("""{"a":1,"colour":null}""", Apply("""{"a":1}""", """{"colour":null}"""));

    [Fact]
    public void A_field_given_twice_stays_so_to_be_refused() =>
        Assert.Equal("""{"a":2,"a":3}""", Apply("""{"a":1}""", """{"a":2,"a":3}"""));

    /// <summary>Half a surrogate pair is no text, and reading it as such throws.</summary>
    [Theory]
    [InlineData("""{"a":1}""", """{"\ud800":1}""", """{"a":1,"\uFFFD":1}""")]
    [InlineData("""{"a":1}""", """{"a":"\udc00\ud800"}""", """{"a":"\udc00\ud800"}""")]
    [InlineData("""{"a":1}""", """{"b":["\udc00"]}""", """{"a":1,"b":["\udc00"]}""")]
    public void What_is_no_text_stays_to_be_refused(string target, string patch, string expected) => Assert.Equal(expected, Apply(target, patch));

    private static string Apply(string target, string patch)
    {
        using var before = JsonDocument.Parse(target);
        using var change = JsonDocument.Parse(patch);
        using var merged = MergePatch.Apply(before.RootElement, change.RootElement);
        return merged.RootElement.GetRawText();
    }
}
