namespace OrleansDaap.Server.Api.Metrics;

/// <summary>Who may read <c>/metrics</c>; bound to <c>Daap:Metrics</c>.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "Daap:Metrics";

    /// <summary>Without it only this machine may: the numbers tell how much a platform is used, and no key is asked for.</summary>
    public bool AllowRemote { get; set; }
}
