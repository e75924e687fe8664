using System.Buffers;
using System.Security.Cryptography;

namespace OrleansDaap.Common;

/// <summary>26 lower-case letters and digits: 48 bits of milliseconds, then 80 random bits, in Crockford's base 32, so ids sort by age.</summary>
public static class SortableId
{
    public const int Length = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    public static string New(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        var bits = Milliseconds(now);
        for (var i = 0; i < random.Length; i++)
        {
            bits |= (UInt128)random[i] << (72 - (8 * i));
        }

        return Text(bits);
    }

    /// <summary>What no id made in this millisecond or later sorts before, and every earlier one does.</summary>
    public static string First(DateTimeOffset at) => Text(Milliseconds(at));

    public static bool IsWellFormed(ReadOnlySpan<char> text) => text.Length == Length && !text.ContainsAnyExcept(Letters);

    private static UInt128 Milliseconds(DateTimeOffset at) => (UInt128)(ulong)Math.Max(0, at.ToUnixTimeMilliseconds()) << 80;

    private static string Text(UInt128 bits) =>
        string.Create(Length, bits, static (text, value) =>
        {
            for (var i = Length - 1; i >= 0; i--, value >>= 5)
            {
                text[i] = Alphabet[(int)(value & 31)];
            }
        });
}
