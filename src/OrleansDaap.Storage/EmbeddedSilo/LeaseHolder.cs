namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>The node that holds the lease. A class, not a record: its text must not show the secret.</summary>
internal sealed class LeaseHolder(long fencingToken, Uri address, string secret)
{
    public long FencingToken => fencingToken;

    public Uri Address => address;

    public string Secret => secret;
}
