using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;
using Xunit;

namespace OrleansDaap.UnitTests.Server.Api.Bodies;

public sealed class MistakesTests
{
    [Theory]
    [InlineData("backup", true)]
    [InlineData("backup.schedule", true)]
    [InlineData("backup.retention_days", false)]
    [InlineData("backups", false)]
    [InlineData("storage", false)]
    public void A_rule_is_silent_where_its_value_is_known_to_be_wrong(string path, bool covered)
    {
        var mistakes = new Mistakes();
        mistakes.Add("backup.schedule", "must be text");
        Assert.Equal(covered, mistakes.Covers(path));
    }

    [Fact]
    public void A_wrong_object_covers_what_is_in_it()
    {
        var mistakes = new Mistakes();
        mistakes.Add("storage", "must be an object");
        mistakes.AddUnlessCovered("storage.size_gib", "must be from 1 to 65536");
        mistakes.AddUnlessCovered("instances", "must be from 1 to 9");
        var problem = Assert.Throws<ProblemException>(mistakes.ThrowIfAny);
        Assert.Equal(["storage", "instances"], problem.Errors!.Keys);
    }

    [Fact]
    public void No_mistake_throws_nothing() => new Mistakes().ThrowIfAny();
}
