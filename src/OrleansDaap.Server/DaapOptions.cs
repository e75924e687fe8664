using Microsoft.Extensions.Options;

namespace OrleansDaap.Server;

/// <summary>The server's own settings; bound to <c>Daap</c>.</summary>
internal sealed class DaapOptions
{
    public const string Section = "Daap";

    /// <summary>Everything on disk.</summary>
    public string DataDirectory { get; set; } = "./data";

    public string Backend { get; set; } = nameof(BackendKind.Local);

    /// <summary>A platform-team key that is accepted from the first start on; null: one is made and written beside the data.</summary>
    public string? BootstrapApiKey { get; set; }
}

internal sealed class DaapOptionsValidator : IValidateOptions<DaapOptions>
{
    /// <summary>What cannot be guessed in a lifetime even if every character were a digit: 10^16 tries.</summary>
    private const int ShortestKey = 16;

    public ValidateOptionsResult Validate(string? name, DaapOptions options)
    {
        var mistakes = new List<string>();
        if (!Enum.TryParse<BackendKind>(options.Backend, out _) || int.TryParse(options.Backend, out _))
        {
            mistakes.Add($"Daap:Backend: there is no backend called \"{options.Backend}\"; there is: {string.Join(", ", Enum.GetNames<BackendKind>())}.");
        }

        if (options.BootstrapApiKey is { Length: < ShortestKey })
        {
            mistakes.Add($"Daap:BootstrapApiKey: must have at least {ShortestKey} characters.");
        }

        if (options.BootstrapApiKey is { } key && key.Any(character => character is <= ' ' or > '~'))
        {
            mistakes.Add("Daap:BootstrapApiKey: must be visible ASCII characters, since it travels in a header.");
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
