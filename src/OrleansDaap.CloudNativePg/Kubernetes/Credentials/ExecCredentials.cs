namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>Asks a program for a credential, and again shortly before that expires or when the server does not take it.</summary>
internal sealed class ExecCredentials(ExecSettings settings, IExecPlugin plugin, TimeProvider time) : ICredentialSource, IDisposable
{
    /// <summary>A request that is on its way when a token expires is refused: renew before.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    /// <summary>A server that takes no token at all must not make us start a process for every request.</summary>
    private static readonly TimeSpan RenewAtMostEvery = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private Credential? _current;
    private long _madeAt;
    private bool _isRefused;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        if (Usable() is { } usable) return usable;

        // A hundred requests that find it expired start one process.
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Usable() is { } renewed) return renewed;
            var made = await plugin.RunAsync(settings, cancellationToken);
            _madeAt = time.GetTimestamp();
            _isRefused = false;
            Volatile.Write(ref _current, made);
            return made;
        }
        finally
        {
            _one.Release();
        }
    }

    public bool Refused(Credential credential)
    {
        if (!ReferenceEquals(Volatile.Read(ref _current), credential)) return true;
        if (time.GetElapsedTime(_madeAt) < RenewAtMostEvery) return false;
        return _isRefused = true;
    }

    public void Dispose() => _one.Dispose();

    private Credential? Usable() =>
        Volatile.Read(ref _current) is { } current && !_isRefused && (current.ExpiresAt is not { } expires || time.GetUtcNow() < expires - Early) ? current : null;
}
