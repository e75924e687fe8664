using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;

namespace OrleansDaap.Server.Api.Idempotency;

/// <summary>The client's own word for a request, which it repeats when it repeats the request.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";
    public const string Replayed = "Idempotency-Replayed";
    public const int MaxLength = 255;

    /// <summary>Null when the request has none.</summary>
    /// <exception cref="ProblemException">malformed-request.</exception>
    public static string? Read(HttpRequest request)
    {
        var header = request.Headers[Name];
        if (header.Count == 0)
            return null;
        return header.Count == 1 && header[0] is { Length: > 0 and <= MaxLength } word && SafeText.IsSafe(word)
            ? word
            : throw new ProblemException(ProblemCode.MalformedRequest, $"{Name} must be given once, with 1 to {MaxLength} characters.");
    }
}
