using Microsoft.Extensions.Options;

namespace OrleansDaap.Server.Api.Limits;

/// <summary>How fast one API key may call, and one address may fail to authenticate; bound to <c>Daap:RateLimit</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "Daap:RateLimit";

    /// <summary>Requests a second in the long run; 0 for no limit.</summary>
    public int PermitsPerSecond { get; set; } = 1000;

    /// <summary>Requests at once, after a rest: two seconds' worth.</summary>
    public int Burst { get; set; } = 2000;

    public bool IsOff => PermitsPerSecond == 0;
}

internal sealed class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>
{
    /// <summary>More than any server answers; a bucket is filled in whole permits, at most once in 0.1 ms.</summary>
    private const int Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, RateLimitOptions options)
    {
        var mistakes = new List<string>();
        if (options.PermitsPerSecond is < 0 or > Most)
            mistakes.Add($"{RateLimitOptions.Section}:PermitsPerSecond: {options.PermitsPerSecond} is not from 0 (no limit) to {Most}.");
        if (options.Burst is < 1 or > Most)
            mistakes.Add($"{RateLimitOptions.Section}:Burst: {options.Burst} is not from 1 to {Most}.");
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
