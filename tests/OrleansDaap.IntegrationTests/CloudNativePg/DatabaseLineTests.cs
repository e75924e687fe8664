using Npgsql;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

/// <summary>A PostgreSQL with TLS and with the rules that the operator is given, open and closed.</summary>
public sealed class DatabaseLineTests : IAsyncLifetime, IDisposable
{
    private const string Open = "hostssl all postgres all reject\nhostssl all all all scram-sha-256\nhostnossl all all all reject\n";
    private const string Closed = "hostssl all app all cert\nhost all all all reject\n";
    private const string Password = "a-password-of-the-tests";

    private readonly TestCertificates _certificates = new();
    private readonly PortBlock _ports = PortBlock.Take();
    private TestPostgres? _postgres;
    private string _socket = "";
    private int _port;

    public async Task InitializeAsync()
    {
        if (TestPostgres.SkipReason is not null) return;
        _postgres = await TestPostgres.StartAsync();
        _socket = await _postgres.CreateDatabaseAsync();
        _port = _ports.NextServerPort();
        var server = _certificates.IssueServer("localhost");
        await WriteAsync("server.crt", server.ExportCertificatePem());
        await WriteAsync("server.key", TestCertificates.KeyPem(server));
        await WriteAsync("ca.crt", _certificates.AuthorityPem);
        await ExecuteAsync(
            "SET password_encryption = 'scram-sha-256'", $"CREATE ROLE app LOGIN PASSWORD '{Password}'", "CREATE DATABASE app OWNER app",
            "ALTER SYSTEM SET ssl = on", "ALTER SYSTEM SET ssl_cert_file = 'server.crt'", "ALTER SYSTEM SET ssl_key_file = 'server.key'", "ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
    }

    public async Task DisposeAsync()
    {
        if (_postgres is not null) await _postgres.DisposeAsync();
    }

    public void Dispose()
    {
        _certificates.Dispose();
        _ports.Dispose();
    }

    [PostgresFact]
    public async Task One_that_takes_connections_returns_the_greeting_and_lets_its_owner_in_by_password()
    {
        await RestartAsync(Open);
        Assert.True(await Greeting.IsReturnedAsync("127.0.0.1", _port, default));
        using var line = new DatabaseLine();
        Assert.True(await line.AnswersAsync(ByPassword, default));
        Assert.False(await line.AnswersAsync(ByPassword with { Password = "another" }, default));
    }

    [PostgresFact]
    public async Task A_closed_one_lets_its_owner_in_by_a_certificate_of_its_CA_and_by_nothing_else()
    {
        await RestartAsync(Closed);
        using var line = new DatabaseLine();
        Assert.False(await line.AnswersAsync(ByPassword, default));
        Assert.True(await line.AnswersAsync(ByCertificate(_certificates, "app"), default));
        Assert.False(await line.AnswersAsync(ByCertificate(_certificates, "somebody"), default));

        using var others = new TestCertificates();
        Assert.False(await line.AnswersAsync(ByCertificate(others, "app") with { Ca = _certificates.AuthorityPem }, default));
    }

    private DatabaseAddress ByPassword => new("127.0.0.1", Password, _certificates.AuthorityPem) { Port = _port };

    private DatabaseAddress ByCertificate(TestCertificates authority, string user) => new("127.0.0.1", null, authority.AuthorityPem)
    {
        Port = _port,
        Certificate = ClientCertificates.Issue(authority.AuthorityPem, authority.AuthorityKeyPem, user, TimeProvider.System.GetUtcNow()),
    };

    private async Task RestartAsync(string rules)
    {
        await WriteAsync("pg_hba.conf", $"local all all trust\n{rules}");

        // Set last: the test's own way in has another port's name from here on.
        await ExecuteAsync($"ALTER SYSTEM SET port = {_port}", "SELECT pg_reload_conf()");
        await _postgres!.KillAsync();
        await _postgres.RestartAsync("-c", "listen_addresses=127.0.0.1");
    }

    // As the server's own account, and for nobody else to read.
    private Task WriteAsync(string name, string text) => ExecuteAsync(
        $"COPY (SELECT line FROM regexp_split_to_table('{text.Trim()}', E'\\n') line) TO PROGRAM 'umask 077; cat > {name}'");

    private async Task ExecuteAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(_socket + ";Pooling=false");
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
