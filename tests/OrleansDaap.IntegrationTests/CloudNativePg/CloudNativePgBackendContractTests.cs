using OrleansDaap.Provisioning;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

[RequiresCnpgDefinitions]
public sealed class CloudNativePgBackendContractTests : PostgresBackendContract
{
    private TestKubernetes _kubernetes = null!;
    private IPostgresBackend _backend = null!;

    protected override IPostgresBackend Backend => _backend;

    protected override BackendTraits Traits { get; } = new() { TakesIncrementalBackups = false, VerifiesChecksums = false };

    public override async Task InitializeAsync()
    {
        _kubernetes = await TestKubernetes.StartAsync();
        _backend = _kubernetes.NewBackend();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _kubernetes.DisposeAsync();
    }
}
