using System.ComponentModel.DataAnnotations;

namespace OrleansDaap.Server;

/// <summary>How this server meets others on the same PostgreSQL; bound to <c>Daap:Replica</c>.</summary>
internal sealed class ReplicaOptions : IValidatableObject
{
    public const string Section = "Daap:Replica";

    /// <summary>Where the others reach this server's API, such as http://10.0.0.1:8080; without it, where it listens.</summary>
    public string? AdvertisedUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var isOne = AdvertisedUrl is null
            || (Uri.TryCreate(AdvertisedUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/");
        if (!isOne)
            yield return new ValidationResult($"{Section}:AdvertisedUrl: \"{AdvertisedUrl}\" is no URL of a server, such as http://10.0.0.1:8080.");
    }
}
