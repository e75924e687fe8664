using Microsoft.Net.Http.Headers;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Reads <c>If-Match</c>.</summary>
internal static class Conditions
{
    /// <summary>Null when the request has none.</summary>
    /// <exception cref="ProblemException">malformed-request.</exception>
    public static IfMatch? IfMatch(this HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
            return null;
        if (!EntityTagHeaderValue.TryParseStrictList([.. header.Select(line => line ?? "")], out var tags) || tags.Count == 0 || HasStray(tags))
            throw new ProblemException(ProblemCode.MalformedRequest, "If-Match must be *, or ETags in quotes with commas between them.");
        if (tags[0].Equals(EntityTagHeaderValue.Any))
            return new([]);

        // A weak tag says that two are alike, not that they are the same: it never matches here, and so stands for no version.
        return new([.. tags.Select(tag => tag.IsWeak ? "" : tag.Tag.Value![1..^1])]);
    }

    private static bool HasStray(IList<EntityTagHeaderValue> tags) => tags.Count > 1 && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any));
}
