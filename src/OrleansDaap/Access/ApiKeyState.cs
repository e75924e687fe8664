using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>One API key. Of its secret only a hash is kept.</summary>
[GenerateSerializer, Immutable, Alias("daap.api-key")]
public sealed record ApiKeyState : IAudited
{
    [Id(0)]
    public string Id { get; init; } = "";

    /// <summary>SHA-256 of the whole key, in hexadecimal. The secret has 256 random bits, so a slow hash would guard nothing more.</summary>
    [Id(1)]
    public string Hash { get; init; } = "";

    [Id(2)]
    public string Team { get; init; } = "";

    [Id(3)]
    public Role Role { get; init; }

    [Id(4)]
    public string? Description { get; init; }

    [Id(5)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the key that made this one; null for the bootstrap key.</summary>
    [Id(6)]
    public string? CreatedBy { get; init; }

    [Id(7)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Written behind, at most once a minute.</summary>
    [Id(8)]
    public DateTimeOffset? LastUsedAt { get; init; }

    [Id(9)]
    public DateTimeOffset? RevokedAt { get; init; }

    /// <inheritdoc />
    [Id(10), JsonIgnore]
    public AuditEntry? Audit { get; init; }

    /// <summary>Whom a key with this hash stands for at this time; null when it is another key, expired or revoked.</summary>
    public Caller? CallerOf(string hash, DateTimeOffset now)
    {
        var same = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Hash));
        return same && RevokedAt is null && !(ExpiresAt <= now) ? new Caller(Id, Team, Role) : null;
    }
}
