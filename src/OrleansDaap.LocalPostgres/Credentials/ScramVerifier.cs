using System.Security.Cryptography;
using System.Text;

namespace OrleansDaap.LocalPostgres.Credentials;

/// <summary>
/// What PostgreSQL and PgBouncer keep instead of a password (RFC 5803): <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>.
/// Made here, so that the password itself is never part of a statement.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own count. The passwords are random, so more rounds would only slow each login.</summary>
    private const int Iterations = 4096;
    private const int SaltBytes = 16;

    public static string Create(string password) => Create(password, RandomNumberGenerator.GetBytes(SaltBytes));

    public static bool Fits(string verifier, string password)
    {
        var parts = verifier.Split('$', ':');
        if (parts.Length != 5) return false;
        var salt = new byte[64];
        return Convert.TryFromBase64String(parts[2], salt, out var length) && Create(password, salt[..length]) == verifier;
    }

    /// <param name="password">ASCII letters and digits, which SASLprep leaves as they are.</param>
    internal static string Create(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
