using Xunit;

namespace OrleansDaap.IntegrationTests;

[CollectionDefinition(Name)]
public sealed class UsesPostgres : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
