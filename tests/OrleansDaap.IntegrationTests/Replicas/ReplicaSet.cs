using Npgsql;
using OrleansDaap.Access;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>Several servers on one PostgreSQL.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly string _connectionString;

    private ReplicaSet(string connectionString, IReadOnlyList<Replica> replicas, string key)
    {
        (_connectionString, All) = (connectionString, replicas);
        Client = new RetryingClient(replicas, key);
    }

    public IReadOnlyList<Replica> All { get; }

    /// <summary>Asks whichever answers.</summary>
    public RetryingClient Client { get; }

    public static async Task<ReplicaSet> StartAsync(
        int count, string connectionString, string command, IReadOnlyDictionary<string, string>? settings = null)
    {
        var key = ApiKeySecret.New();
        var set = new ReplicaSet(
            connectionString, [.. Enumerable.Range(0, count).Select(_ => new Replica(connectionString, key, command, settings))], key);
        await Task.WhenAll(set.All.Select(replica => replica.StartAsync()));
        return set;
    }

    /// <summary>The one that holds the lease; waits until there is one.</summary>
    public async Task<Replica> FindActiveAsync()
    {
        Replica? active = null;
        await ServerProcess.UntilAsync(async () =>
        {
            var address = await SqlAsync("SELECT address FROM silo_fence WHERE session IN (SELECT pid FROM pg_locks WHERE objid = 1 AND granted)");
            return (active = All.FirstOrDefault(replica => replica.Address?.AbsoluteUri == address)) is not null;
        });
        return active!;
    }

    public Replica Other(Replica one) => All.First(replica => replica != one);

    /// <summary>Ends the session that holds the lease.</summary>
    public Task EndLeaseSessionAsync() => SqlAsync("SELECT pg_terminate_backend(session) FROM silo_fence");

    public async Task<string?> SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var replica in All) await replica.DisposeAsync();
    }
}
