using Npgsql;
using OrleansDaap.Storage.Connections;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class ConnectionSettingsTests
{
    [Fact]
    public void What_the_operator_leaves_open_is_filled_in()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionSettings.Complete("Host=db;Username=u;Password=p"));
        Assert.Equal(("db", "u", "p", 24, 5), (settings.Host, settings.Username, settings.Password, settings.MaxPoolSize, settings.CommandTimeout));
    }

    [Fact]
    public void What_the_operator_says_stays()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionSettings.Complete("Host=db;MaxPoolSize=7;Command Timeout=3;Options=-c x=y"));
        Assert.Equal((7, 3, "-c x=y"), (settings.MaxPoolSize, settings.CommandTimeout, settings.Options));
    }

    [Fact]
    public void The_lease_has_a_connection_of_its_own() =>
        Assert.False(new NpgsqlConnectionStringBuilder(ConnectionSettings.ForLease("Host=db;Pooling=true")).Pooling);
}
