using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>The name of a request in its answer, the audit log and the server's logs.</summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";
    public const int MaxLength = 128;

    /// <summary>The client's own id when it is one visible word, else a new one.</summary>
    public static string Take(HttpRequest request, DateTimeOffset now) =>
        request.Headers.TryGetValue(Header, out var values) && values.Count == 1 && values[0] is { } given && IsSane(given)
            ? given
            : SortableId.New(now);

    public static bool IsSane(string id) => id.Length is > 0 and <= MaxLength && id.All(letter => letter is > ' ' and <= '~');
}
