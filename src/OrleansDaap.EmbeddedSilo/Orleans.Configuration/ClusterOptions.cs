namespace Orleans.Configuration;

/// <summary>The names that silos of one installation share.</summary>
public sealed class ClusterOptions
{
    public string ClusterId { get; set; } = "default";

    public string ServiceId { get; set; } = "default";
}
