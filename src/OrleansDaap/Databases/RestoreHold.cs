using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>A restore that reads a database's backups, or is about to.</summary>
/// <param name="Database">The new one that is made of them.</param>
/// <param name="Since">When it asked for that, just before its own record was written.</param>
[GenerateSerializer, Immutable, Alias("daap.restore-hold")]
public sealed record RestoreHold([property: Id(0)] DatabaseId Database, [property: Id(1)] DateTimeOffset Since);
