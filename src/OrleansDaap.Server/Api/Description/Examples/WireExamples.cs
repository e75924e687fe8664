using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Wire;
using static OrleansDaap.Server.Api.Description.Examples.ExampleStates;

namespace OrleansDaap.Server.Api.Description.Examples;

/// <summary>
/// One example of each thing that travels, for the API's description: made of states by the code that makes answers of them, and
/// written by its serializer, so that an example cannot show what the server does not.
/// </summary>
internal static class WireExamples
{
    /// <summary>When the answers of the examples are given.</summary>
    private static readonly DateTimeOffset Later = Then.AddMinutes(30);

    private static readonly Dictionary<Type, object> Known = new object[]
    {
        new NewApiKeyRequest { Team = Team, Role = Role.ProductTeam, Description = Key.Description, ExpiresAt = Key.ExpiresAt },
        CreatedApiKeyResponse.Of(Key with { LastUsedAt = null }, $"daap_{KeyId}_…"),
        List(ApiKeyResponse.Of(Key)),
        NewTier(TierRequest.Of(Tier.Spec)),
        new TierRequest { MemoryGib = 12, ArchiveRetentionDays = 120 },
        TierResponse.Of(Tier, databases: 1),
        ProductTierResponse.Of(Tier),
        List(TierResponse.Of(Tier, databases: 1)),
        List(ProductTierResponse.Of(Tier)),
        new QuotaLimitsRequest { CpuCores = Quota.Limits.CpuCores, MemoryGib = Quota.Limits.MemoryGib, StorageGib = Quota.Limits.StorageGib },
        QuotaResponse.Of(Quota),
        new NewDatabaseRequest { Name = Ready.Name, OwnerTeam = Team, Purpose = Ready.Purpose, Tier = Tier.Id },
        new DatabasePatchRequest { Purpose = "order history since 2030", DeletionProtection = true },
        new TierMoveRequest { Tier = Tier.Id },
        DatabaseResponse.Of(Ready, Later),
        List(DatabaseResponse.Of(Ready, Later)),
        new NewBackupRequest { Type = Backup.Type },
        BackupResponse.Of(Ready.Id, Backup),
        List(BackupResponse.Of(Ready.Id, Backup)),
        new NewRestoreRequest { TargetTime = Then.AddMinutes(15), Name = "orders-before-import" },
        OperationResponse.Of(Ready.Id, Ready.Operations[0]),
        List(OperationResponse.Of(Ready.Id, Ready.Operations[0])),
        List(AuditEntryResponse.Of(Entry)),
        new HealthResponse
        {
            Status = HealthResponse.Healthy,
            Checks = new[] { "platform_store", "backend", "silo" }.ToDictionary(part => part, _ => new HealthCheckResponse { Status = HealthResponse.Healthy }),
        },
    }.ToDictionary(example => example.GetType());

    private static readonly HealthResponse Unhealthy = new()
    {
        Status = HealthResponse.Unhealthy,
        Checks = new Dictionary<string, HealthCheckResponse>
        {
            ["platform_store"] = new() { Status = HealthResponse.Unhealthy, Message = "did not answer within 2 seconds" },
            ["backend"] = new() { Status = HealthResponse.Healthy },
            ["silo"] = new() { Status = HealthResponse.Healthy },
        },
    };

    /// <summary>A request or an answer of this type; null when there is no example of it.</summary>
    /// <param name="status">What it is answered with; 200 for requests.</param>
    public static JsonNode? Of(Type type, int status = StatusCodes.Status200OK) => (type, status) switch
    {
        _ when type == typeof(DatabaseResponse) && status == StatusCodes.Status202Accepted => Written(DatabaseResponse.Of(Accepted, Then)),
        _ when type == typeof(HealthResponse) && status == StatusCodes.Status503ServiceUnavailable => Written(Unhealthy),
        _ when type == typeof(string) => "# TYPE daap_databases gauge\ndaap_databases{status=\"ready\"} 1\n",
        _ => Known.TryGetValue(type, out var example) ? Written(example) : null,
    };

    public static JsonNode Of(ProblemCode code) => Written(ProblemResponse.Of(ProblemExamples.Of(code), RequestId));

    private static JsonNode Written(object example)
    {
        var written = JsonSerializer.SerializeToNode(example, example.GetType(), WireJson.Readable.Options)!;

        // In a request null says something: an example leaves out what it does not speak of.
        if (example.GetType().Name.EndsWith("Request", StringComparison.Ordinal))
            DropNulls(written.AsObject());
        return written;
    }

    private static void DropNulls(JsonObject request)
    {
        foreach (var (name, value) in request.ToList())
        {
            if (value is null)
                request.Remove(name);
            else if (value is JsonObject nested)
                DropNulls(nested);
        }
    }

    private static ListResponse<T> List<T>(T item) => new() { Items = [item], NextCursor = null };

    private static NewTierRequest NewTier(TierRequest tier) => new()
    {
        Id = Tier.Id,
        Description = tier.Description,
        PostgresVersion = tier.PostgresVersion,
        Instances = tier.Instances,
        CpuCores = tier.CpuCores,
        MemoryGib = tier.MemoryGib,
        Storage = tier.Storage,
        Backup = tier.Backup,
        Drill = tier.Drill,
        FullBackupEveryDays = tier.FullBackupEveryDays,
        Pooling = tier.Pooling,
        DestructionStrategy = tier.DestructionStrategy,
        ArchiveRetentionDays = tier.ArchiveRetentionDays,
    };
}
