using System.Net;
using OrleansDaap.Server.Platform;
using Xunit;

namespace OrleansDaap.UnitTests.Server;

public sealed class ReplicaAddressTests
{
    private static readonly IPAddress Own = IPAddress.Parse("10.1.2.3");

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://db.example:80", "http://db.example/")]
    [InlineData("https://[::1]:8443", "https://[::1]:8443/")]
    [InlineData("http://0.0.0.0:8080", "http://10.1.2.3:8080/")]
    [InlineData("http://[::]:8080", "http://10.1.2.3:8080/")]
    [InlineData("http://*:8080", "http://10.1.2.3:8080/")]
    [InlineData("http://+:8080", "http://10.1.2.3:8080/")]
    [InlineData("http://unix:/tmp/a.sock", null)]
    public void A_server_is_reached_where_it_listens(string listening, string? reached) =>
        Assert.Equal(reached, ReplicaAddress.Of([listening], () => Own)?.AbsoluteUri);

    [Fact]
    public void A_server_that_listens_nowhere_is_not_reached() => Assert.Null(ReplicaAddress.Of([], () => Own));
}
