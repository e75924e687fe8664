using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>What a client asked for; its form has been checked.</summary>
[GenerateSerializer, Immutable, Alias("daap.new-database")]
public sealed record NewDatabase(
    [property: Id(0)] string Name,
    [property: Id(1)] string OwnerTeam,
    [property: Id(2)] string Purpose,
    [property: Id(3)] string Tier,
    [property: Id(4)] bool DeletionProtection,
    [property: Id(5)] RecoverySource? Recovery = null);
