using System.Text.Json;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Server.Api.Wire;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Server.Api.Wire;

public sealed class DatabaseResponseTests
{
    private static readonly DateTimeOffset At = new(2030, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
    private static readonly DatabaseId Id = new("db-00000000000000000000000001");

    private static readonly DatabaseState Ready = new()
    {
        Id = Id,
        Name = "orders",
        OwnerTeam = "checkout",
        Purpose = "it's \"fine\" ✓",
        Tier = new()
        {
            Id = "production",
            Revision = 2,
            Spec = new()
            {
                Description = "",
                PostgresVersion = 15,
                Instances = 1,
                CpuCores = 1,
                MemoryGib = 1,
                Storage = new(1, null),
                Backup = new() { Schedule = "0 * * * *", RetentionDays = 30 },
                DestructionStrategy = DestructionStrategy.Freeze,
            },
        },
        Status = DatabaseStatus.Ready,
        Observed = new()
        {
            Phase = ClusterPhase.Ready,
            PostgresVersion = "15.18",
            Endpoint = new("127.0.0.1", 15433, null, 15434, new("directory", "/secrets"), new("file", "/ca.crt")),
        },
        Operations = [Operation(1), Operation(2)],
        CreatedAt = At,
        UpdatedAt = At,
    };

    [Fact]
    public void A_ready_database_is_shown_as_the_contract_has_it() => Assert.Equal(
        """
        {"id":"db-00000000000000000000000001","name":"orders","owner_team":"checkout","purpose":"it's \"fine\" ✓","tier":"production",
        "tier_revision":2,"status":"ready","status_reason":null,"postgres_version":"15.18","destruction_strategy":"freeze",
        "deletion_protection":false,"connection":{"host":"127.0.0.1","port":15433,"database":"app","user":"app","sslmode":"verify-full",
        "uri":"postgresql://app@127.0.0.1:15433/app?sslmode=verify-full",
        "pooled":{"host":"127.0.0.1","port":15434,"uri":"postgresql://app@127.0.0.1:15434/app?sslmode=verify-full"},
        "credentials":{"kind":"directory","path":"/secrets"},"ca":{"kind":"file","path":"/ca.crt"}},
        "backup":{"enabled":true,"schedule":"0 * * * *","retention_days":30,"last_successful_at":null,"earliest_restore_at":null,
        "latest_restore_at":null,"last_failure":null,"archive_timeout_seconds":null,"size_bytes":null,
        "drill":{"schedule":"0 4 * * 0","last_run_at":null,"last_failure":null,"recovery_seconds":null,"proven_restorable_at":null},"purge_at":null},
        "extensions":[],"extensions_observed_at":null,"restored_from":null,
        "operation":"op-00000000000000000000000001-2","created_at":"2030-01-02T01:04:05Z","ready_at":null,
        "updated_at":"2030-01-02T01:04:05Z","deleted_at":null}
        """.ReplaceLineEndings(""),
        Json(Ready));

    [Theory]
    [InlineData(DatabaseStatus.Provisioning)]
    [InlineData(DatabaseStatus.Error)]
    [InlineData(DatabaseStatus.Frozen)]
    [InlineData(DatabaseStatus.Archived)]
    [InlineData(DatabaseStatus.Deleted)]
    public void Only_a_ready_database_shows_a_connection(DatabaseStatus status) =>
        Assert.Null(DatabaseResponse.Of(Ready with { Status = status }, At).Connection);

    [Fact]
    public void Until_it_is_observed_the_version_is_the_tiers() =>
        Assert.Equal("15", DatabaseResponse.Of(Ready with { Observed = null }, At).PostgresVersion);

    [Fact]
    public void A_database_without_a_pooler_or_backups_says_so()
    {
        var state = Ready with
        {
            Tier = Ready.Tier with { Spec = Ready.Tier.Spec with { Backup = null } },
            Observed = Ready.Observed! with
            {
                Endpoint = new("::1", 1, null, null, new("kubernetes-secret", null, "ns", "orders-app"), new("kubernetes-secret", null, "ns", "orders-ca", "ca.crt")),
            },
        };
        var json = Json(state);
        Assert.Contains("\"pooled\":null", json, StringComparison.Ordinal);
        Assert.Contains("\"backup\":{\"enabled\":false,\"schedule\":null,\"retention_days\":null,", json, StringComparison.Ordinal);
        Assert.Contains("\"uri\":\"postgresql://app@[::1]:1/app?sslmode=verify-full\"", json, StringComparison.Ordinal);
        Assert.Contains("""{"kind":"kubernetes-secret","namespace":"ns","name":"orders-app"}""", json, StringComparison.Ordinal);
        Assert.Contains("""{"kind":"kubernetes-secret","namespace":"ns","name":"orders-ca","key":"ca.crt"}""", json, StringComparison.Ordinal);
    }

    private static Operation Operation(int number) => new()
    {
        Id = OperationId.Of(Id, number),
        Kind = OperationKind.Create,
        Status = OperationStatus.Running,
        Steps = [],
        StartedAt = At,
    };

    private static string Json(DatabaseState state) => JsonSerializer.Serialize(DatabaseResponse.Of(state, At), WireJson.Readable.DatabaseResponse);
}
