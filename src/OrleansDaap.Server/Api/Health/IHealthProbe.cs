namespace OrleansDaap.Server.Api.Health;

/// <summary>One part that this node cannot do without, asked by <c>/health</c>.</summary>
internal interface IHealthProbe
{
    /// <summary>The check's name in the answer, such as <c>platform_store</c>.</summary>
    string Name { get; }

    /// <summary>Throwing is unhealthy too, and keeps the exception's text from the answer.</summary>
    Task<HealthResult> CheckAsync(CancellationToken cancellationToken);
}
