using System.Text;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>Makes requests wrong, in one way at a time: their path, method, query, headers, key or body.</summary>
internal sealed class Mutator(Random random, BodyMutator bodies, IReadOnlyList<string> badKeys)
{
    /// <summary>Three of them are below the web server's own limit of 8 KiB a request line, beyond which there is no request to answer.</summary>
    private const int LongPath = 2400;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"];

    private static readonly string[] BadIds =
    [
        "", "%20", "..", "%2e%2e", ".", "%2F", "a%2Fb", "%5C", "%c0%ae", "%ff", "%0a", "%7f", "%e2%80%ae", "%c3%bf", "db-", "op-", "op--", "op-1-99999999999999999999",
        "db-00000000000000000000000000", "DB-01KMB5W8DZT6A4C2F9H7M3P5QS", "db-01kmb5w8dzt6a4c2f9h7m3p5q%00", "null", "0", "-1", "*", "';--", "$(id)", "%25", "%", "%zz",
        "a;b=c", "a,b", "{id}", new('a', 41), new('a', 500), new('a', LongPath),
    ];

    private static readonly Func<string, string>[] Paths =
    [
        path => $"{path}/", path => $"/{path}", path => $"{path}//", path => path.ToUpperInvariant(), path => $"/..{path}", path => $"/tiers/..{path}",
        path => $"/./{path[1..]}", path => $"/api/v1/api/v1{path}", path => $"/api/v2{path}", path => $"{path}/unfreeze", path => $"{path}%2F", path => $"{path}%00",
        path => $"{path};x=1", path => $"/{path[1..].Replace('/', '\\')}", path => $"/%2e%2e{path}", path => $"{path}/{new string('a', LongPath)}", path => $"/docs{path}", path => $"{path}.json",
    ];

    private static readonly string[] QueryValues =
    [
        "", "0", "-1", "201", "1.5", "1e3", "99999999999999999999", "abc", "null", "true", "TRUE", "%00", "%ff", "%ed%a0%80", "%f0%9f%90%98", "%zz", "%", "+", "a+b", "%0d%0aX:1",
        "2020-01-01", "2020-13-45T99:99:99Z", "0001-01-01T00:00:00-14:00", "9999-12-31T23:59:59.999999999+00:00", "9999-12-31T23:59:59Z", "eyJ9", "AAAA", "====",
        "'%20or%201=1%20--", "%25", "_", new('9', 30), new('a', 501), new('a', LongPath),
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("If-Match", ""), ("If-Match", "1"), ("If-Match", "\"1"), ("If-Match", "W/\"1\""), ("If-Match", "*, \"1\""), ("If-Match", "\"é\""), ("If-Match", "\"1\", \"2\", \"3\""),
        ("If-Match", $"\"{new string('a', 8000)}\""), ("If-Match", ",,,"), ("If-None-Match", "*"),
        ("Idempotency-Key", ""), ("Idempotency-Key", new('k', 256)), ("Idempotency-Key", new('k', 255)), ("Idempotency-Key", "é"), ("Idempotency-Key", "a, b"), ("Idempotency-Key", "\u0001"),
        ("X-Request-Id", ""), ("X-Request-Id", new('r', 129)), ("X-Request-Id", "a b"), ("X-Request-Id", "é"), ("X-Request-Id", "<script>"), ("X-Request-Id", "{0}"),
        ("Accept", "text/html"), ("Accept", ";;;"), ("Accept-Encoding", "br;q=9"), ("Content-Encoding", "gzip"), ("Origin", "null"),
        ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-For", "1.2.3.4"), ("Range", "bytes=0-1"), ("Cookie", "a=b"), ("Expect", "100-continue"), ("Date", "yesterday"),
    ];

    private static readonly string?[] ContentTypes =
    [
        null, "", "text/plain", "application/json; charset=utf-16", "application/json; charset=\"utf-8\"", "application/json;charset", "APPLICATION/JSON", "application/merge-patch+json",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json, text/plain", "/", "application/", "application/problem+json", "é/é", ";;;",
    ];

    public FuzzRequest Mutate(FuzzRequest request)
    {
        var (name, mutate) = Pick<(string, Func<FuzzRequest, FuzzRequest>)>(
        [
            ("path", Path), ("id", Id), ("method", Method), ("query", Query), ("query", Query), ("header", Header), ("header", Header),
            ("key", Key), ("content type", ContentType), ("body", Body), ("body", Body), ("body", Body), ("body", Body),
        ]);
        var mutated = mutate(request);
        return mutated with { Mutations = [.. request.Mutations, name] };
    }

    private static FuzzRequest WithHeader(FuzzRequest request, string name, string value) => request with { Headers = [.. request.Headers, (name, value)] };

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private FuzzRequest Path(FuzzRequest request) => request with { Path = Pick(Paths)(request.Path), IsAddressed = false };

    private FuzzRequest Method(FuzzRequest request) => Pick(Methods) is var method && method == request.Method
        ? request
        : request with { Method = method, IsAddressed = false };

    private FuzzRequest Id(FuzzRequest request)
    {
        var id = Pick(BadIds);

        // What the id does to the path decides whether it is still this operation's.
        var isOne = id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '*' or '\'' or ';') && id.Length > 0;
        return request.Operation.Path.Contains("{id}", StringComparison.Ordinal)
            ? request with { Path = request.Operation.Path.Replace("{id}", id, StringComparison.Ordinal), IsAddressed = request.IsAddressed && isOne }
            : request;
    }

    private FuzzRequest Query(FuzzRequest request)
    {
        var name = request.Operation.Query.Count > 0 && random.Next(8) > 0 ? Pick(request.Operation.Query).Name : Pick(["unknown", "id", "", "%00", "limit"]);
        var added = $"{name}={Pick(QueryValues)}";
        return request with { Query = request.Query.Length == 0 || random.Next(2) == 0 ? $"?{added}" : $"{request.Query}&{added}" };
    }

    private FuzzRequest Header(FuzzRequest request)
    {
        var (name, value) = Pick(Headers);
        var changed = random.Next(4) == 0 ? request : request with { Headers = [.. request.Headers.Where(header => header.Name != name)] };
        return WithHeader(changed, name, value);
    }

    private FuzzRequest Key(FuzzRequest request) => random.Next(5) switch
    {
        0 => request with { Key = null },
        1 => request with { Key = ("Authorization", Pick(["", "Bearer", "Bearer ", "Basic YTpi", "bearer x", $"Bearer {request.Key?.Value}", "Bearer é"])) },
        2 when request.Key is { } key => WithHeader(request, key.Name, Pick(badKeys)),
        _ => request with { Key = ("X-API-Key", Pick(badKeys)) },
    };

    private FuzzRequest ContentType(FuzzRequest request) => request with { ContentType = Pick(ContentTypes), Body = request.Body ?? [] };

    private FuzzRequest Body(FuzzRequest request) => request with
    {
        Body = bodies.Mutate(request.Body is { Length: > 0 } body ? Encoding.UTF8.GetString(body) : "{}"),
        ContentType = request.ContentType ?? "application/json",
    };
}
