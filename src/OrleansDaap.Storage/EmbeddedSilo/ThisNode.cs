using System.Security.Cryptography;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>What this node tells the others about itself while it is the active one.</summary>
/// <param name="address">Where they reach it, once it listens; null: they cannot.</param>
internal sealed class ThisNode(Task<Uri?> address)
{
    public Task<Uri?> Address => address;

    /// <summary>Whoever shows it has read it in the platform's store, and is one of us. It lives as long as this process.</summary>
    public string Secret { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);
}
