using System.Security.Cryptography;
using System.Text;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Server.Api.PassingOn;
using OrleansDaap.Storage.EmbeddedSilo;

namespace OrleansDaap.Server.Platform;

/// <summary>The node that holds the lease.</summary>
internal sealed class EmbeddedActiveNode(ISiloStatus silo, ThisNode self, LeaseHolders holders) : IActiveNode
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(self.Secret);

    public bool IsHere => silo.Phase == SiloPhase.Active;

    /// <summary>Null also while this node is just becoming the active one.</summary>
    public async Task<ActiveNodePlace?> FindAsync(CancellationToken cancellationToken) =>
        await holders.FindAsync(cancellationToken) is { } holder && (IsHere || !IsOurSecret(holder.Secret))
            ? new(holder.Address, holder.Secret, holder.FencingToken)
            : null;

    public bool IsOurSecret(string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), _secret);
}
