namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>A database that was accepted, and what it is to become by what was answered last.</summary>
internal sealed class ChaosDatabase(string id)
{
    public const string Frozen = "frozen";
    public const string Deleted = "deleted";

    public string Id => id;

    public string Status { get; set; } = "ready";
}
