using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>A database's place in its tier's quota, held from its acceptance until its cluster is gone.</summary>
public sealed record Reservation(DatabaseId DatabaseId, ResourceAmounts Cost);
