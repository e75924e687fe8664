using System.ComponentModel.DataAnnotations;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A backup to be taken.</summary>
internal sealed record NewBackupRequest
{
    /// <summary>An incremental one becomes a full one where there is none to build on.</summary>
    [Required]
    public BackupType? Type { get; init; }
}
