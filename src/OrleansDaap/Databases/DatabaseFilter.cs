namespace OrleansDaap.Databases;

/// <summary>Which databases a listing shows; null in a field means any. Deleted ones only show when asked for by status.</summary>
public sealed record DatabaseFilter(string? OwnerTeam = null, DatabaseStatus? Status = null, string? Tier = null, string? Name = null);
