namespace OrleansDaap.Access;

/// <summary>Who sent a request, as its key says.</summary>
[GenerateSerializer, Immutable, Alias("daap.caller")]
public sealed record Caller([property: Id(0)] string ApiKeyId, [property: Id(1)] string Team, [property: Id(2)] Role Role)
{
    /// <summary>Whether the caller may see what a team owns.</summary>
    public bool Sees(string team) => Role == Role.PlatformTeam || Team == team;
}
