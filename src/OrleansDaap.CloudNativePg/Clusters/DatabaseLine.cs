using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Over the service of the primary, with its certificate checked against the database's own CA.</summary>
internal sealed class DatabaseLine : IDatabaseLine, IDisposable
{
    private const int Port = 5432;
    private const int PatienceSeconds = 5;

    /// <summary>However many databases are asked at once: each question is a process in its cluster for a moment.</summary>
    private const int AtOnce = 16;

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);

    public void Dispose() => _turns.Dispose();

    public async Task<bool> AcceptsAsync(string host, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(PatienceSeconds));
            return await Greeting.IsReturnedAsync(host, Port, patience.Token);
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            _turns.Release();
        }
    }

    public Task<bool> AnswersAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        AskAsync(address, "SELECT 1", async reader => await reader.ReadAsync(cancellationToken), cancellationToken);

    public Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseAddress address, CancellationToken cancellationToken) => AskAsync(
        address,
        // Its users own the database, so nothing that they can define takes part.
        "SELECT extname::text, extversion FROM pg_catalog.pg_extension",
        async reader =>
        {
            var found = new List<PostgresExtension>();
            while (await reader.ReadAsync(cancellationToken)) found.Add(new PostgresExtension(reader.GetString(0), reader.GetString(1)));
            return (IReadOnlyList<PostgresExtension>?)[.. found.OrderBy(extension => extension.Name, StringComparer.Ordinal)];
        },
        cancellationToken);

    public Task<DateTimeOffset?> MarkAsync(DatabaseAddress address, CancellationToken cancellationToken) => AskAsync(
        address,
        // A transaction with an id of its own writes a commit record, whatever it did.
        "SELECT pg_catalog.clock_timestamp(), pg_catalog.txid_current()",
        async reader => await reader.ReadAsync(cancellationToken) ? new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero) : (DateTimeOffset?)null,
        cancellationToken);

    private async Task<T?> AskAsync<T>(DatabaseAddress address, string question, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await OpenAsync(address, ClusterEndpoint.Database, cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = question;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await read(reader);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException or SocketException)
        {
            return default;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>
    /// The server's certificate is checked, and no name in a statement means what a database's owner has put in the way. Throws Npgsql's exceptions.
    /// </summary>
    public static async Task<NpgsqlConnection> OpenAsync(DatabaseAddress address, string database, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Database = database,
            Username = address.User,
            Password = address.Password,
            SslMode = SslMode.VerifyFull,
            Timeout = PatienceSeconds,
            CommandTimeout = PatienceSeconds,
            Pooling = false,
            Options = "-c search_path=pg_catalog -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off",
        }.ConnectionString);
        builder.UseRootCertificate(X509Certificate2.CreateFromPem(address.Ca));
        if (address.Certificate is { } certificate) builder.UseSslClientAuthenticationOptionsCallback(tls => tls.ClientCertificates = [certificate]);
        await using var source = builder.Build();
        return await source.OpenConnectionAsync(cancellationToken);
    }
}
