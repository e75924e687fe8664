namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>
/// Fails the start when an endpoint has no rule of access. The endpoints are only known once the server has been set up, and until
/// this has looked at them <see cref="AccessMiddleware"/> lets nobody in where there is no rule.
/// </summary>
internal sealed class AccessRuleCheck(EndpointDataSource endpoints) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var open = endpoints.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<AccessRule>() is null).ToList();
        return open.Count == 0
            ? Task.CompletedTask
            : throw new InvalidOperationException($"No rule says who may call: {string.Join(", ", open.Select(endpoint => endpoint.DisplayName))}.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
