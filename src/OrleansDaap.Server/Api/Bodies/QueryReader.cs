using System.Globalization;
using Microsoft.Extensions.Primitives;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>Reads query parameters, noting every mistake under the parameter's name. Parameters that nobody asks for are ignored.</summary>
internal sealed class QueryReader(HttpRequest request)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
    public const int MaxTextLength = 500;
    private readonly Mistakes mistakes = new();

    public PageRequest Page()
    {
        var limit = DefaultLimit;
        if (Text("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            mistakes.Add("limit", $"must be a whole number from 1 to {MaxLimit}");
        }

        return new(limit, Text("cursor"));
    }

    /// <summary>The parameter's text; null when it is not given, or wrong.</summary>
    public string? Text(string name)
    {
        var values = request.Query[name];
        if (StringValues.IsNullOrEmpty(values) && values.Count == 0)
            return null;
        if (values.Count == 1 && values[0] is { Length: > 0 and <= MaxTextLength } text && SafeText.IsSafe(text))
            return text;
        mistakes.Add(name, $"must be given once, with 1 to {MaxTextLength} characters");
        return null;
    }

    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (WireName.TryParse<T>(text, out var value))
            return value;
        mistakes.Add(name, $"must be one of: {string.Join(", ", WireName.All<T>())}");
        return null;
    }

    /// <summary>An RFC 3339 time. A plus sign that arrives as a space, because it was not escaped, is taken for what was meant.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Rfc3339.TryParse(text.Replace(' ', '+'), out var time))
            return time;
        mistakes.Add(name, "must be an RFC 3339 time, such as 2030-01-02T03:04:05Z");
        return null;
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
            mistakes.Add(name, "must be true or false");
        return text == "true";
    }

    /// <exception cref="ProblemException">validation-failed, with every mistake.</exception>
    public void ThrowIfMistaken() => mistakes.ThrowIfAny();
}
