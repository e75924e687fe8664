namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>
/// A token in a file that somebody else keeps fresh. Kubernetes replaces a service account's at four fifths of its hour: reading it once a
/// minute is early enough, and a refusal reads it at once.
/// </summary>
internal sealed class TokenFileCredentials(string path, TimeProvider time) : ICredentialSource
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Credential? _current;
    private long _readAt;

    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_current is null || time.GetElapsedTime(_readAt) >= ReadEvery) Read();
            return new ValueTask<Credential>(_current!);
        }
    }

    public bool Refused(Credential credential)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_current, credential)) Read();
            return _current!.Token != credential.Token;
        }
    }

    private void Read()
    {
        try
        {
            var token = File.ReadAllText(path).Trim();
            if (_current is null || _current.Token != token) _current = new Credential { Token = token };
            _readAt = time.GetTimestamp();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && _current is not null)
        {
            // While it is being replaced the last one serves; the next request looks again.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CredentialException($"The token file {path} cannot be read: {failure.Message}");
        }
    }
}
