using OrleansDaap.Provisioning;

namespace OrleansDaap.Backups;

/// <summary>What <see cref="BackupPlan"/> makes of one look at a database's backups.</summary>
/// <param name="Next">The state to save once the backend was asked.</param>
/// <param name="BackUp">The backup to ask the backend for; null: none now.</param>
/// <param name="Drill">The drill to ask the backend for; null: none now.</param>
/// <param name="LookAgainAt">When something becomes due, if nothing happens before.</param>
internal sealed record BackupTurn(BackupState Next, BackupRequest? BackUp, string? Drill, DateTimeOffset LookAgainAt);
