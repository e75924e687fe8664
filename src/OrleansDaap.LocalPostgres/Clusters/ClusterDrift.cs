using OrleansDaap.LocalPostgres.Credentials;
using OrleansDaap.LocalPostgres.PgBouncer;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Tls;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>
/// How far a cluster that was brought to its spec is from what this server would make of the same spec today: certificates grow old, and
/// settings and the host change with the configuration and with each version of the server.
/// </summary>
internal sealed class ClusterDrift(ClusterPlaces places, ClusterConfiguration configuration, CertificateAuthority ca)
{
    public async Task<SettingsChange> FindAsync(ClusterRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await places.ResolveAsync(cancellationToken);
            var place = places.Postgres(record, addresses);
            var change = File.Exists(places.RestartMark(record.Spec.Id)) ? SettingsChange.Restart : configuration.Compare(record, place);
            if (!record.Spec.Closed && record.Spec.Pooler is { } pooler && record.PoolerPort is { } port)
                change = Max(change, PgBouncerSettings.Compare(places.Pooler(record, port, addresses), pooler));
            if (File.Exists(places.ReloadMark(record.Spec.Id))) change = Max(change, SettingsChange.Reload);
            if (!ca.IsServerCertificateGood(places.Tls(record.Spec.Id))) change = Max(change, SettingsChange.Reload);
            // Clients were told of another endpoint: the new one is no one's until all of the cluster knows it.
            return CredentialFiles.IsCurrent(places.Credentials(record.Spec.Id), places.Host, record.Port) ? change : SettingsChange.Restart;
        }
        catch (ClusterFailureException)
        {
            // The steps meet it too, and tell it.
            return SettingsChange.Reload;
        }
    }

    private static SettingsChange Max(SettingsChange one, SettingsChange other) => one > other ? one : other;
}
