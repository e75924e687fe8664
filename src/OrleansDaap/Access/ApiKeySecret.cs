using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace OrleansDaap.Access;

/// <summary>The text of API keys: <c>daap_</c>, a public id, and a secret of 256 random bits.</summary>
public static class ApiKeySecret
{
    private const string Prefix = "daap_";
    private const int IdLength = 8;

    /// <summary>43 letters of 62 hold 256 bits: 43 × log2(62) = 256.03.</summary>
    private const int SecretLength = 43;
    private const string IdLetters = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const string SecretLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> InIds = SearchValues.Create(IdLetters);
    private static readonly SearchValues<char> InSecrets = SearchValues.Create(SecretLetters);

    public static string New() => New(RandomNumberGenerator.GetString(IdLetters, IdLength));

    /// <summary>A key with a public id that was drawn before.</summary>
    public static string New(string id) => $"{Prefix}{id}_{RandomNumberGenerator.GetString(SecretLetters, SecretLength)}";

    /// <summary>The public id that 26 sortable letters stand for: the last eight, which are random (40 bits).</summary>
    public static string IdFrom(string sortable) => sortable[^IdLength..];

    /// <summary>
    /// The public id that a key says. A key of another form, which only the configured bootstrap key may have, is known by the start
    /// of its hash.
    /// </summary>
    public static string IdOf(string key)
    {
        var hasForm = key.Length >= Prefix.Length + IdLength + 1 + SecretLength
            && key.StartsWith(Prefix, StringComparison.Ordinal)
            && IsId(key.Substring(Prefix.Length, IdLength))
            && key[Prefix.Length + IdLength] == '_'
            && !key.AsSpan(Prefix.Length + IdLength + 1).ContainsAnyExcept(InSecrets);
        return hasForm ? key.Substring(Prefix.Length, IdLength) : HashOf(key)[..IdLength];
    }

    public static bool IsId(string text) => text.Length == IdLength && !text.AsSpan().ContainsAnyExcept(InIds);

    /// <summary>SHA-256 of the whole key in lower-case hexadecimal; all that is ever stored of it.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
