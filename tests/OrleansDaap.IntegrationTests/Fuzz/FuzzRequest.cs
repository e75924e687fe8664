using System.Globalization;
using System.Text;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>One request, as it goes over the wire.</summary>
internal sealed record FuzzRequest
{
    private const int MostShown = 4096;

    public required Operation Operation { get; init; }

    public required string Method { get; init; }

    /// <summary>The path, escaped or deliberately not.</summary>
    public required string Path { get; init; }

    /// <summary>With its question mark, or empty.</summary>
    public string Query { get; init; } = "";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The header that authenticates it; null for none.</summary>
    public (string Name, string Value)? Key { get; init; }

    public string? ContentType { get; init; }

    public byte[]? Body { get; init; }

    /// <summary>What was done to it.</summary>
    public IReadOnlyList<string> Mutations { get; init; } = [];

    /// <summary>Whether it is still a call of its operation: neither its path nor its method was touched.</summary>
    public bool IsAddressed { get; init; } = true;

    public HttpRequestMessage ToMessage(Uri server)
    {
        // As it stands: no dots are folded, nothing is escaped.
        var target = new Uri($"{server.GetLeftPart(UriPartial.Authority)}{Path}{Query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(Method), target);
        if (Body is not null)
            message.Content = new ByteArrayContent(Body);
        if (ContentType is not null)
            message.Content?.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        foreach (var (name, value) in Key is { } key ? Headers.Append(key) : Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    /// <summary>A line for a shell, without the key.</summary>
    public string ToCurl(Uri server)
    {
        var line = new StringBuilder($"curl --path-as-is -i -X {Method} {Quoted($"{server.GetLeftPart(UriPartial.Authority)}{Path}{Query}")}");
        if (Key is { } key)
            line.Append(CultureInfo.InvariantCulture, $" -H \"{key.Name}: $KEY\"");
        foreach (var (name, value) in Headers)
            line.Append(CultureInfo.InvariantCulture, $" -H {Quoted($"{name}: {value}")}");
        if (ContentType is not null)
            line.Append(CultureInfo.InvariantCulture, $" -H {Quoted($"Content-Type: {ContentType}")}");
        if (Body is not null)
            line.Append(CultureInfo.InvariantCulture, $" --data-binary {Quoted(Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, MostShown))))}");
        return Body is { Length: > MostShown } ? $"{line} # and {Body.Length - MostShown} bytes more" : line.ToString();
    }

    /// <summary>Bytes as bash's <c>$'…'</c> takes them.</summary>
    private static string Quoted(string text) => $"$'{string.Concat(text.Select(letter => letter switch
    {
        '\'' or '\\' => $"\\{letter}",
        >= ' ' and <= '~' => letter.ToString(),
        <= 'ÿ' => $"\\x{(int)letter:x2}",
        _ => $"\\u{(int)letter:x4}",
    }))}'";
}
