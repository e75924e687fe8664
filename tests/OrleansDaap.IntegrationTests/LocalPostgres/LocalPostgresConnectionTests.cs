using System.Globalization;
using Npgsql;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class LocalPostgresConnectionTests(LocalInstallation installation) : IClassFixture<LocalInstallation>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() =>
        _database = await TestDatabase.CreateAsync(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Transaction, 200) });

    public Task DisposeAsync() => _database.DestroyAsync();

    [DependentFact]
    public async Task The_uri_file_is_all_that_psql_needs() => Assert.Equal("app|app", await _database.AskAsync("SELECT current_user, current_database()"));

    [DependentFact]
    public async Task The_pgpass_file_opens_both_ports_with_the_server_verified()
    {
        foreach (var port in new[] { _database.Endpoint.Port, _database.Endpoint.PooledPort!.Value })
            Assert.Equal("1", await Psql.AskAsync(_database.Connection(port, "verify-full"), "SELECT 1", _database.PasswordFile));
    }

    [DependentFact]
    public async Task Npgsql_connects_with_the_single_files_and_the_server_verified()
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = _database.Credential("host"),
            Port = int.Parse(_database.Credential("port"), CultureInfo.InvariantCulture),
            Username = _database.Credential("username"),
            Password = _database.Credential("password"),
            Database = _database.Credential("dbname"),
            SslMode = SslMode.VerifyFull,
            RootCertificate = _database.Endpoint.Ca.Path,
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()", connection);

        Assert.Equal("TLSv1.3", await command.ExecuteScalarAsync());
    }

    [DependentFact]
    public async Task A_connection_without_tls_is_refused_on_both_ports()
    {
        foreach (var port in new[] { _database.Endpoint.Port, _database.Endpoint.PooledPort!.Value })
        {
            var (exitCode, output) = await Psql.TryAsync(_database.Connection(port, "disable"), "SELECT 1", _database.PasswordFile);
            Assert.NotEqual(0, exitCode);
            Assert.Matches("no encryption|SSL required", output);
        }
    }

    [DependentFact]
    public async Task A_wrong_password_and_the_platforms_role_are_refused_on_both_ports()
    {
        foreach (var port in new[] { _database.Endpoint.Port, _database.Endpoint.PooledPort!.Value })
        {
            var connection = _database.Connection(port, "verify-full");
            Assert.NotEqual(0, (await Psql.TryAsync(connection.Replace("app@", "app:wrong@", StringComparison.Ordinal), "SELECT 1")).ExitCode);
            Assert.NotEqual(0, (await Psql.TryAsync(connection.Replace("app@", "postgres:postgres@", StringComparison.Ordinal), "SELECT 1")).ExitCode);
        }
    }

    [DependentFact]
    public async Task PgBouncers_console_is_closed_to_app()
    {
        var console = _database.Connection(_database.Endpoint.PooledPort!.Value, "require").Replace("/app?", "/pgbouncer?", StringComparison.Ordinal)
            .Replace("app@", $"app:{_database.Credential("password")}@", StringComparison.Ordinal);

        Assert.NotEqual(0, (await Psql.TryAsync(console, "SHOW CONFIG")).ExitCode);
    }

    [DependentFact]
    public async Task App_owns_its_database_and_is_no_superuser()
    {
        Assert.Equal("f|f|f|f", await _database.AskAsync("SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user"));
        Assert.Equal("app", await _database.AskAsync("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'app'"));
        await _database.AskAsync("CREATE TABLE orders (id bigint); INSERT INTO orders VALUES (1); DROP TABLE orders");
        Assert.NotEqual(0, (await Psql.TryAsync(_database.Uri.Replace("/app?", "/postgres?", StringComparison.Ordinal), "SELECT 1")).ExitCode);
    }

    [DependentFact]
    public async Task What_changes_the_database_is_audited()
    {
        Assert.Equal("ddl, role, write", await _database.AskAsync("SHOW pgaudit.log"));
        await _database.AskAsync("CREATE TABLE audited_table (id bigint)");

        Assert.Contains(ReadLogs(), log => log.Contains("AUDIT: SESSION", StringComparison.Ordinal) && log.Contains("audited_table", StringComparison.Ordinal));
    }

    [DependentFact]
    public async Task Checksums_and_utf8_are_on() => Assert.Equal("on|UTF8", await _database.AskAsync(
        "SELECT current_setting('data_checksums'), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'app'"));

    [DependentFact]
    public void Files_with_secrets_are_for_their_owner_only()
    {
        var credentials = _database.Endpoint.Credentials.Path!;
        Assert.Equal("-rwx------", Mode(credentials));
        Assert.Equal(["dbname", "host", "password", "pgpass", "port", "uri", "username"], Directory.EnumerateFiles(credentials).Select(f => Path.GetFileName(f)).Order());
        var cluster = Path.GetDirectoryName(_database.Pgdata)!;
        var secret = Directory.EnumerateFiles(credentials).Append(Path.Combine(installation.DataDirectory, "ca/ca.key"))
            .Append(Path.Combine(cluster, "tls/server.key")).Append(Path.Combine(cluster, "pgbouncer/users.txt")).Append(Path.Combine(cluster, "scram-verifier"));
        Assert.All(secret, file => Assert.Equal("-rw-------", Mode(file)));
        Assert.All(["ca", "sockets", "clusters"], name => Assert.Equal("-rwx------", Mode(Path.Combine(installation.DataDirectory, name))));
    }

    [DependentFact]
    public async Task No_secret_is_in_a_log_or_a_process_title()
    {
        await _database.AskAsync("SELECT 1");
        var password = _database.Credential("password");
        var titles = installation.FindProcesses().Select(pid => ProcFile.Read(pid, "cmdline") + ProcFile.Read(pid, "environ"));
        foreach (var said in ReadLogs().Concat(installation.Logs.Messages).Concat(titles))
        {
            Assert.DoesNotContain(password, said, StringComparison.Ordinal);
            Assert.DoesNotContain("SCRAM-SHA-256$", said, StringComparison.Ordinal);
        }
    }

    private IEnumerable<string> ReadLogs() =>
        Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(_database.Pgdata)!, "log")).Select(File.ReadAllText);

    private static string Mode(string path)
    {
        var mode = File.GetUnixFileMode(path);
        return "-" + string.Concat("rwxrwxrwx".Select((letter, i) => ((int)mode & (256 >> i)) != 0 ? letter : '-'));
    }
}
