using System.Buffers.Text;
using System.Text;
using OrleansDaap.Common;

namespace OrleansDaap.Storage.Listings;

/// <summary>Where a page starts, as clients carry it: opaque text around the last item's place in the order.</summary>
internal static class Cursor
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Encode(string place) => Base64Url.EncodeToString(Utf8.GetBytes(place));

    /// <exception cref="ProblemException">It is none of ours.</exception>
    public static string Decode(string cursor)
    {
        try
        {
            return Utf8.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Malformed();
        }
    }

    public static ProblemException Malformed() => ProblemException.Invalid("cursor", "is not a cursor that a listing gave out.");
}
