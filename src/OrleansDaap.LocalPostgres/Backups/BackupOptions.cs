using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary><c>Daap:Local:Backup</c>.</summary>
internal sealed class BackupOptions
{
    public const string Directory = "directory";
    public const string S3 = "s3";

    /// <summary>Where backups lie: <see cref="Directory"/> or <see cref="S3"/>.</summary>
    public string Repository { get; set; } = Directory;

    /// <summary>A directory, or what the names in a bucket begin with; null: <c>backups</c> in the data directory, or the whole bucket.</summary>
    public string? Path { get; set; }

    /// <summary>No change waits longer to be archived: what a lost machine may cost.</summary>
    public string ArchiveTimeout { get; set; } = "00:01:00";

    /// <summary>The pgbackrest program; null: it is looked for on PATH.</summary>
    public string? PgBackRest { get; set; }

    public S3Options S3Repository { get; } = new();

    public TimeSpan ArchiveEvery => TimeSpan.Parse(ArchiveTimeout, CultureInfo.InvariantCulture);

    public void Read(IConfiguration configuration)
    {
        var backup = configuration.GetSection("Daap:Local:Backup");
        Repository = backup["Repository"] ?? Repository;
        Path = backup["Path"];
        ArchiveTimeout = backup["ArchiveTimeout"] ?? ArchiveTimeout;
        PgBackRest = backup["PgBackRest"];
        S3Repository.Read(backup.GetSection("S3"));
    }
}

internal sealed class BackupOptionsValidator : IValidateOptions<BackupOptions>
{
    private const int LongestArchiveTimeout = 3600;

    public ValidateOptionsResult Validate(string? name, BackupOptions options)
    {
        var mistakes = Mistakes(options).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(BackupOptions options)
    {
        if (options.Repository is not (BackupOptions.Directory or BackupOptions.S3))
            yield return $"Daap:Local:Backup:Repository: \"{options.Repository}\" is neither directory nor s3.";
        if (options.Path is { } path && (!System.IO.Path.IsPathRooted(path) || path.AsSpan().ContainsAny(LocalPostgresOptionsValidator.Troublesome)))
            yield return $"Daap:Local:Backup:Path: \"{path}\" is not an absolute path without quotes, $ \\ ; , %.";
        if (!TimeSpan.TryParse(options.ArchiveTimeout, CultureInfo.InvariantCulture, out var every) || every.TotalSeconds is < 1 or > LongestArchiveTimeout)
            yield return $"Daap:Local:Backup:ArchiveTimeout: \"{options.ArchiveTimeout}\" is not a time from 00:00:01 to 01:00:00.";
        if (options.PgBackRest is not null && !System.IO.Path.IsPathRooted(options.PgBackRest))
            yield return $"Daap:Local:Backup:PgBackRest: \"{options.PgBackRest}\" is not the absolute path of a program.";
        if (options.Repository != BackupOptions.S3) yield break;
        foreach (var mistake in options.S3Repository.Mistakes()) yield return mistake;
    }
}
