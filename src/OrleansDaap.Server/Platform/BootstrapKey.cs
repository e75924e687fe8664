using Microsoft.Extensions.Options;
using OrleansDaap.Access;

namespace OrleansDaap.Server.Platform;

/// <summary>The platform team's first key: the configured one, or one that is made and written beside the data for its owner alone.</summary>
internal sealed partial class BootstrapKey(IOptions<DaapOptions> options, IGrainFactory grains, ILogger<BootstrapKey> logger)
{
    private const string Team = "platform";

    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the made key is; null when one is configured.</summary>
    public string? File { get; } =
        options.Value.BootstrapApiKey is null ? Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "bootstrap-api-key") : null;

    /// <summary>Completes when this node is active and takes the key.</summary>
    public Task Accepted => _accepted.Task;

    /// <summary>Makes the platform accept the key. A key that was revoked stays revoked.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var key = options.Value.BootstrapApiKey ?? await ReadOrMakeAsync(File!, cancellationToken);
        var hash = ApiKeySecret.HashOf(key);
        var stored = await grains.GetGrain<IApiKeyGrain>(ApiKeySecret.IdOf(key)).CreateAsync(
            new NewApiKey(hash, Team, Role.PlatformTeam, "Bootstrap key", CreatedBy: null, ExpiresAt: null));
        if (stored.Hash != hash || stored.RevokedAt is not null)
        {
            LogNotAccepted(logger, stored.Id, stored.RevokedAt is null ? "another key has that id" : "it was revoked");
        }

        if (File is not null)
        {
            LogFile(logger, File);
        }

        _accepted.TrySetResult();
    }

    private static async Task<string> ReadOrMakeAsync(string file, CancellationToken cancellationToken)
    {
        if (System.IO.File.Exists(file))
        {
            var written = (await System.IO.File.ReadAllTextAsync(file, cancellationToken)).Trim();
            return written.Length > 0 ? written : throw new InvalidOperationException($"{file} is empty; delete it, and a new key is made.");
        }

        // Written whole under another name first: a server killed here leaves no half a key behind.
        var key = ApiKeySecret.New();
        var half = $"{file}.half";
        System.IO.File.Delete(half);
        await using (var stream = new FileStream(half, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await using var writer = new StreamWriter(stream);
            await writer.WriteLineAsync(key);
            await writer.FlushAsync(cancellationToken);
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(half, file);
        return key;
    }

    [LoggerMessage(5211, LogLevel.Error, "The bootstrap key {ApiKeyId} is not accepted: {Reason}")]
    private static partial void LogNotAccepted(ILogger logger, string apiKeyId, string reason);

    [LoggerMessage(5210, LogLevel.Information, "The platform team's bootstrap key is in {File}")]
    private static partial void LogFile(ILogger logger, string file);
}
