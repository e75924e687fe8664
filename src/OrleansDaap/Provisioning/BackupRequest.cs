namespace OrleansDaap.Provisioning;

/// <summary>One backup that is wanted. Asking again with the same id, after a crash say, takes no second one.</summary>
/// <param name="Id">Names the backup; kept with it where it is stored.</param>
[GenerateSerializer, Immutable, Alias("daap.backup-request")]
public sealed record BackupRequest([property: Id(0)] string Id, [property: Id(1)] BackupType Type);
