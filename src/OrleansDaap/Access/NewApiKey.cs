namespace OrleansDaap.Access;

/// <summary>A key to be made. The key itself stays with whoever made it; only its hash travels.</summary>
[GenerateSerializer, Immutable, Alias("daap.new-api-key")]
public sealed record NewApiKey(
    [property: Id(0)] string Hash,
    [property: Id(1)] string Team,
    [property: Id(2)] Role Role,
    [property: Id(3)] string? Description,
    [property: Id(4)] string? CreatedBy,
    [property: Id(5)] DateTimeOffset? ExpiresAt);
