using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OrleansDaap.Server;

/// <summary>How this replica meets the others; bound to <c>Daap:Replica</c>.</summary>
internal sealed class ReplicaOptions : IValidatableObject
{
    public const string Section = "Daap:Replica";

    /// <summary>Where the other replicas reach this one. What comes in here is trusted: let nobody else reach it.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>The IP address under which the others reach this one, such as the pod's; without it, the first of this host's.</summary>
    public string? AdvertisedAddress { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AdvertisedAddress is not null && !IPAddress.TryParse(AdvertisedAddress, out _))
            yield return new ValidationResult($"{Section}:AdvertisedAddress must be an IP address.");
    }
}
