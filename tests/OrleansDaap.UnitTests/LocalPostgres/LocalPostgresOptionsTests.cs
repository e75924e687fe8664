using Microsoft.Extensions.Configuration;
using OrleansDaap.LocalPostgres;
using Xunit;

namespace OrleansDaap.UnitTests.LocalPostgres;

public sealed class LocalPostgresOptionsTests
{
    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        var options = Read();

        Assert.Equal(("./data", "15432-16431", "postgres", "127.0.0.1"), (options.DataDirectory, options.PortRange, options.RunAs, options.Host));
        Assert.Empty(options.PostgresInstallations);
        Assert.Null(options.PgBouncer);
    }

    [Fact]
    public void Every_mistake_is_told_by_its_key()
    {
        var options = Read(
            ("Daap:DataDirectory", "/data/it's"),
            ("Daap:Local:PortRange", "9000-80"),
            ("Daap:Local:Host", "not a host"),
            ("Daap:Local:PgBouncer", "pgbouncer"),
            ("Daap:Local:PostgresInstallations:0", "bin"));
        var failures = new LocalPostgresOptionsValidator().Validate(null, options).Failures ?? [];

        foreach (var key in new[]
        {
            "Daap:DataDirectory: ", "Daap:Local:PortRange: ", "Daap:Local:Host: ", "Daap:Local:PgBouncer: ", "Daap:Local:PostgresInstallations:0: ",
        })
        {
            Assert.Contains(failures, failure => failure.StartsWith(key, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_data_directory_too_long_for_a_unix_socket_is_refused()
    {
        var failures = new LocalPostgresOptionsValidator().Validate(null, Read(("Daap:DataDirectory", "/" + new string('d', 90)))).Failures ?? [];

        Assert.Contains(failures, failure => failure.Contains("Unix sockets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("15432-16431", 1000)]
    [InlineData("20000-20000", 1)]
    public void A_port_range_includes_both_ends(string text, int count)
    {
        Assert.True(PortRange.TryParse(text, out var range));
        Assert.Equal(count, range.Count);
        Assert.Equal(text, range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("15432")]
    [InlineData("80-90")]
    [InlineData("2000-70000")]
    [InlineData("3000-2000")]
    [InlineData("-1-2000")]
    public void What_is_no_port_range_is_refused(string text) => Assert.False(PortRange.TryParse(text, out _));

    private static LocalPostgresOptions Read(params (string Key, string Value)[] settings)
    {
        var options = new LocalPostgresOptions();
        options.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
        return options;
    }
}
