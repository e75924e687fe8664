namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>What an operator says about one aspect of an object.</summary>
/// <param name="Type">The aspect.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">A word for programs.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Since">When the status last changed.</param>
internal sealed record ObjectCondition(string Type, string Status, string? Reason, string? Message, DateTimeOffset? Since)
{
    public bool IsTrue => Status == "True";
}
