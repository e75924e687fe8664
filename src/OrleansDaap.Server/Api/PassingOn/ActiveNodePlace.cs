namespace OrleansDaap.Server.Api.PassingOn;

/// <summary>Where the active node is. A class, not a record: its text must not show the secret.</summary>
/// <param name="term">Another whenever another node became the active one.</param>
internal sealed class ActiveNodePlace(Uri address, string secret, long term)
{
    public Uri Address => address;

    /// <summary>What it believes us by.</summary>
    public string Secret => secret;

    public long Term => term;
}
