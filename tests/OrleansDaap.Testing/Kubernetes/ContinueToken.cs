using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Where a list in pages goes on.</summary>
/// <param name="Revision">The moment that the whole list shows.</param>
/// <param name="After">The last object of the page before, as namespace and name, or the name alone in a list of one namespace.</param>
internal sealed record ContinueToken(long Revision, string After)
{
    public static ContinueToken Of(long revision, ObjectKey last, string? listedNamespace) =>
        new(revision, listedNamespace is null && last.Namespace is not null ? $"{last.Namespace}/{last.Name}" : last.Name);

    public static ContinueToken Parse(string text)
    {
        try
        {
            // As Go's decoder does, it does not mind bits left over.
            var bytes = Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
            if (bytes is [not (byte)'{', ..])
            {
                throw Refusal.Of(
                    400, "BadRequest", $"invalid continue token: continue key is not valid: invalid character '{(char)bytes[0]}' looking for beginning of value");
            }

            var token = JsonElement.Parse(bytes);
            return new ContinueToken(token.GetProperty("rv").GetInt64(), token.GetProperty("start").GetString()!.TrimEnd('\0'));
        }
        catch (Exception failure) when (failure is FormatException or JsonException or KeyNotFoundException)
        {
            throw Refusal.Of(400, "BadRequest", $"invalid continue token: continue key is not valid: {failure.Message}");
        }
    }

    public ObjectKey KeyIn(string? listedNamespace) =>
        listedNamespace is null && After.Split('/') is [var @namespace, var name] ? new ObjectKey(@namespace, name) : new ObjectKey(listedNamespace, After);

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"v":"meta.k8s.io/v1","rv":{{Revision}},"start":"{{After}}\u0000"}"""));
}
