namespace OrleansDaap.Server.Api.Wire;

/// <summary>Where a database's connection pooler answers.</summary>
internal sealed record PooledConnectionResponse(string Host, int Port, string Uri);
