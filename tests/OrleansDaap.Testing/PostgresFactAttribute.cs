using Xunit;

namespace OrleansDaap.Testing;

/// <summary>A test that needs PostgreSQL: skipped on a laptop without it, failing in CI.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = TestPostgres.SkipReason;
}
