using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class LocalPostgresBackendContractTests(LocalInstallation installation) : PostgresBackendContract, IClassFixture<LocalInstallation>
{
    protected override IPostgresBackend Backend => installation.Backend;
}
