using System.Buffers;
using Npgsql;
using OrleansDaap.LocalPostgres.Credentials;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Sees to it that role <c>app</c> has the password of the credentials directory, without the password ever leaving it.</summary>
internal sealed class AppRole(OwnedFiles files)
{
    private static readonly SearchValues<char> VerifierLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=$:-");

    /// <summary>The verifier is kept, because a pooler needs the very one that PostgreSQL has, salt and all.</summary>
    public string EnsureVerifier(string file, string password)
    {
        if (File.Exists(file) && File.ReadAllText(file) is var kept && ScramVerifier.Fits(kept, password)) return kept;
        var made = ScramVerifier.Create(password);
        files.Write(file, made, FileModes.PrivateFile, FileOwner.Server);
        return made;
    }

    /// <summary>Returns the full version of the PostgreSQL that runs.</summary>
    public static async Task<string> EnsureAsync(PostgresPlace place, string verifier, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await PlatformConnection.OpenAsync(place, cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT rolpassword FROM pg_authid WHERE rolname = '{ClusterEndpoint.User}'";
            if (await command.ExecuteScalarAsync(cancellationToken) as string != verifier)
            {
                // ALTER ROLE takes no parameters; these letters mean nothing in a literal.
                if (verifier.AsSpan().ContainsAnyExcept(VerifierLetters)) throw new InvalidOperationException("The verifier holds a character that none has.");
                command.CommandText = $"ALTER ROLE {ClusterEndpoint.User} LOGIN PASSWORD '{verifier}'";
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            return connection.PostgreSqlVersion.ToString();
        }
        catch (NpgsqlException failure)
        {
            throw new ClusterFailureException("postgres-unreachable", $"PostgreSQL started and does not answer the platform: {failure.Message}", failure);
        }
    }
}
