namespace OrleansDaap.Server;

/// <summary>What <c>--help</c> says.</summary>
internal static class Usage
{
    public const string Text = """
        OrleansDaap: PostgreSQL databases through a REST API.

        Usage: OrleansDaap.Server [--key=value …]

        Settings come from appsettings.json, the environment (Daap__DataDirectory) and the command line (--Daap:DataDirectory=…):

          ASPNETCORE_URLS                     where it listens                        http://127.0.0.1:8080
          Daap__DataDirectory                 everything on disk                      ./data
          Daap__Backend                       where databases run: Local              Local
          Daap__BootstrapApiKey               a platform-team key to accept           made, in <data>/bootstrap-api-key
          ConnectionStrings__Platform         the platform's PostgreSQL               an embedded one under the data directory
          Daap__Local__PortRange              ports given to databases                15432-16431
          Daap__Local__Host                   what clients connect to                 127.0.0.1
          Daap__Local__RunAs                  who runs PostgreSQL when this is root   postgres
          Daap__Local__PostgresInstallations__0 …  folders with PostgreSQL's programs  found
          Daap__Local__PgBouncer              the pgbouncer program                   found
          Daap__RateLimit__PermitsPerSecond   requests a second with one key; 0: all  1000
          Daap__RateLimit__Burst              requests at once, after a rest          2000
          Daap__Metrics__AllowRemote          /metrics for other machines too         false
          OTEL_EXPORTER_OTLP_ENDPOINT         where traces and metrics are sent       nowhere
          Daap__Replica__AdvertisedUrl        where other servers reach this one      where it listens
          Daap__Databases__ReconcileEvery     how often an idle database is looked at 00:05:00
          Daap__Databases__ProgressDeadline   how long a step may take                00:10:00
          Daap__Databases__RetryAtLeastEvery  the longest wait between attempts       00:00:30

        Run as root with a data directory that PostgreSQL's user cannot reach, such as one below /root, it keeps the databases
        in /var/lib/orleansdaap; the file tools-directory in the data directory says where.

        The README has a first database with curl and psql; the API is described at /docs.
        """;
}
