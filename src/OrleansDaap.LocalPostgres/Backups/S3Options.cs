using Microsoft.Extensions.Configuration;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary><c>Daap:Local:Backup:S3</c>: a bucket of anything that speaks S3 over TLS.</summary>
internal sealed class S3Options
{
    public string? Bucket { get; set; }

    /// <summary>A host, with a port if it is not 443.</summary>
    public string? Endpoint { get; set; }

    public string Region { get; set; } = "us-east-1";

    public string? KeyId { get; set; }

    public string? KeySecret { get; set; }

    /// <summary>A file that holds the secret instead.</summary>
    public string? KeySecretFile { get; set; }

    /// <summary>True: the bucket is named in the path and not in the host's name.</summary>
    public string PathStyle { get; set; } = "true";

    /// <summary>The authorities that the endpoint's certificate may come from; null: the system's.</summary>
    public string? CaFile { get; set; }

    public string VerifyTls { get; set; } = "true";

    public void Read(IConfigurationSection section)
    {
        Bucket = section["Bucket"];
        Endpoint = section["Endpoint"];
        Region = section["Region"] ?? Region;
        KeyId = section["KeyId"];
        KeySecret = section["KeySecret"];
        KeySecretFile = section["KeySecretFile"];
        PathStyle = section["PathStyle"] ?? PathStyle;
        CaFile = section["CaFile"];
        VerifyTls = section["VerifyTls"] ?? VerifyTls;
    }

    /// <summary>Read each time it is used, so that a changed file is obeyed.</summary>
    public string Secret() => KeySecret ?? File.ReadAllText(KeySecretFile!).Trim();

    public IEnumerable<string> Mistakes()
    {
        const string key = "Daap:Local:Backup:S3";
        foreach (var (name, value) in new[] { ("Bucket", Bucket), ("Endpoint", Endpoint), ("Region", Region), ("KeyId", KeyId) })
        {
            if (string.IsNullOrWhiteSpace(value) || value.AsSpan().ContainsAny("\r\n")) yield return $"{key}:{name}: must be given for an s3 repository, on one line.";
        }

        if (Endpoint?.Contains("://", StringComparison.Ordinal) == true) yield return $"{key}:Endpoint: \"{Endpoint}\" must be a host and no URL; TLS is always used.";
        if (KeySecret is null == KeySecretFile is null) yield return $"{key}:KeySecret: either it or KeySecretFile must be given.";
        if (KeySecret?.AsSpan().ContainsAny("\r\n") == true) yield return $"{key}:KeySecret: must be on one line.";
        if (KeySecretFile is not null && !File.Exists(KeySecretFile)) yield return $"{key}:KeySecretFile: there is no file {KeySecretFile}.";
        if (CaFile is not null && !(Path.IsPathRooted(CaFile) && File.Exists(CaFile))) yield return $"{key}:CaFile: there is no file {CaFile}.";
        foreach (var (name, value) in new[] { ("PathStyle", PathStyle), ("VerifyTls", VerifyTls) })
        {
            if (!bool.TryParse(value, out _)) yield return $"{key}:{name}: \"{value}\" is neither true nor false.";
        }
    }
}
