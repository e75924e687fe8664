using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.Writes;

/// <summary>The token that this node's writes carry. PostgreSQL has the last word on whether it is the current one.</summary>
/// <param name="required">False where many nodes write at once (Orleans mode): then nothing is fenced.</param>
internal sealed class Fence(bool required)
{
    private const long None = -1;

    private long _token = None;

    public void Hold(long token) => Interlocked.Exchange(ref _token, token);

    /// <summary>From here on nothing is written, unless a later lease is held already.</summary>
    public void Release(long token) => Interlocked.CompareExchange(ref _token, None, token);

    /// <summary>The token for a write that is asked for now; null where nothing is fenced.</summary>
    /// <exception cref="StoreUnavailableException">This node does not hold the lease.</exception>
    public long? Stamp()
    {
        if (!required)
            return null;
        var token = Interlocked.Read(ref _token);
        return token == None ? throw StoreErrors.NoLease() : token;
    }

    /// <summary>Whether a write stamped so may still be sent.</summary>
    public bool Admits(long? stamp) => stamp is null || stamp == Interlocked.Read(ref _token);
}
