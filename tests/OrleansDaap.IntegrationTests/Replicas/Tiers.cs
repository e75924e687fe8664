namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>What the servers are asked for.</summary>
internal static class Tiers
{
    public const string Name = "dev";

    /// <summary>Deleting a database of it freezes it.</summary>
    public static object Freezing { get; } = new
    {
        id = Name,
        description = "For trying things out",
        postgres_version = 15,
        instances = 1,
        cpu_cores = 1,
        memory_gib = 1,
        storage = new { size_gib = 1 },
        destruction_strategy = "freeze",
    };
}
