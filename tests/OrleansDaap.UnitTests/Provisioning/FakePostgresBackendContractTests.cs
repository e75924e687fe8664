using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Provisioning;

namespace OrleansDaap.UnitTests.Provisioning;

public sealed class FakePostgresBackendContractTests : PostgresBackendContract
{
    protected override IPostgresBackend Backend { get; } = new FakePostgresBackend(TimeProvider.System);
}
