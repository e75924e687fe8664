namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>How a database is reached as its owner; it holds the password, so it is never printed.</summary>
/// <param name="Host">Of the primary's service.</param>
/// <param name="Password">The owner's.</param>
/// <param name="Ca">The certificate that the server's must come from, as PEM.</param>
internal sealed record DatabaseAddress(string Host, string Password, string Ca)
{
    public override string ToString() => Host;
}
