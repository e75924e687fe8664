namespace OrleansDaap.CloudNativePg.Restores;

/// <summary>What is settled about a recovery when its cluster is made, and never again: a restore that is tried twice brings the same.</summary>
/// <param name="Target">Transactions up to then; null: everything that is archived, since all of it was committed before the moment that was asked for.</param>
/// <param name="MaxConnections">The source's, which recovery cannot do with less than; 0 when it is not known.</param>
/// <param name="MaxWorkers">The source's <c>max_worker_processes</c>, likewise.</param>
internal sealed record RecoveryNote(DateTimeOffset? Target, int MaxConnections, int MaxWorkers);
