using OrleansDaap.CloudNativePg.Manifests;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

public sealed class SixFieldCronTests
{
    [Theory]
    [InlineData("0 * * * *", "0 0 * * * *")]
    [InlineData("  15   2 * jan  mon-fri ", "0 15 2 * jan mon-fri")]
    [InlineData("*/5 1,3 1-7/2 * *", "0 */5 1,3 1-7/2 * *")]
    [InlineData("0 4 * * */7", "0 0 4 * * */7")]
    public void Seconds_come_first_and_nothing_else_changes(string five, string six) => Assert.Equal(six, SixFieldCron.From(five));

    [Theory]
    [InlineData("7", "0")]
    [InlineData("5-7", "5,6,0")]
    [InlineData("fri-7", "5,6,0")]
    [InlineData("0-7", "0,1,2,3,4,5,6")]
    [InlineData("1-7/2", "1,3,5,0")]
    [InlineData("1/2", "1,3,5,0")]
    [InlineData("1,7", "1,0")]
    [InlineData("sat,5-7", "sat,5,6,0")]
    public void Sunday_is_0_only(string five, string six) => Assert.Equal($"0 0 4 * * {six}", SixFieldCron.From($"0 4 * * {five}"));
}
