using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Caching;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing.Kubernetes;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>
/// Plays CloudNativePG and its Barman Cloud plugin over the API: watches what is wanted, and writes the phases, conditions, secrets, pods and
/// recovery windows that they write. No PostgreSQL runs.
/// </summary>
internal sealed class TestOperator : IAsyncDisposable
{
    public const string User = "cnpg-operator";
    private const string Token = "a-token-of-the-operator";
    private static readonly ResourceKind[] Watched = [Kinds.Cluster, Kinds.Pooler, Kinds.Backup, ResourceKind.Secret];

    private static readonly ObjectSelection Reloaded = new(Labels: "cnpg.io/reload=true");

    private readonly Channel<(ResourceKind Kind, ObjectKey Key)> _work = Channel.CreateUnbounded<(ResourceKind, ObjectKey)>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly KubernetesClient _client;
    private readonly Dictionary<ResourceKind, ObjectCache> _caches;
    private readonly OperatedClusters _clusters;
    private readonly OperatedBackups _backups;
    private readonly Task[] _running;

    public TestOperator(TestApiServer server, TestBucket bucket, TimeProvider time)
    {
        server.Tokens[Token] = User;
        var access = new ClusterAccess { Server = server.Url, Credentials = new FixedCredentials(new Credential { Token = Token }) };
        _client = new KubernetesClient(access, time, NullLogger<KubernetesClient>.Instance);
        _clusters = new OperatedClusters(_client, Moods, time);
        _backups = new OperatedBackups(_client, Moods, bucket, time);
        _caches = Watched.ToDictionary(
            kind => kind,
            kind => new ObjectCache(_client, kind, kind == ResourceKind.Secret ? Reloaded : ObjectSelection.All, change => _work.Writer.TryWrite((kind, change.Key)), time, NullLogger<ObjectCache>.Instance));
        _running = [.. _caches.Values.Select(cache => cache.RunAsync(_stopping.Token)), WorkAsync()];
    }

    public OperatorMoods Moods { get; } = new();

    /// <summary>Whether a database lets its owner in.</summary>
    public bool Answers(DatabaseAddress address) => Accepts(address.Host) && address.Ca == OperatedClusters.Authority;

    /// <summary>Whether it takes connections.</summary>
    public bool Accepts(string host)
    {
        var name = host.Split('.')[0][..^"-rw".Length];
        return _clusters.IsRunning(name) && !Moods.Silent.ContainsKey(name);
    }

    /// <summary>Looks at a database again, after its mood changed.</summary>
    public void Nudge(string name)
    {
        foreach (var (kind, cache) in _caches)
        {
            foreach (var found in cache.Objects.Where(found => found.Name == name || found.Text("spec", "cluster", "name") == name)) _work.Writer.TryWrite((kind, found.Key));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running).ContinueWith(_ => { }, TaskScheduler.Default);
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        await foreach (var (kind, key) in _work.Reader.ReadAllAsync(_stopping.Token))
        {
            try
            {
                await LookAsync(kind, key);
            }
            catch (KubernetesException) when (!_stopping.IsCancellationRequested)
            {
                // As the real one: again, when it is away, or somebody else was quicker.
                if (_caches[kind].Find(key) is not null) _work.Writer.TryWrite((kind, key));
            }
        }
    }

    private async Task LookAsync(ResourceKind kind, ObjectKey key)
    {
        if (kind == ResourceKind.Secret) (kind, key) = (Kinds.Cluster, key with { Name = key.Name[..^"-app".Length] });
        var found = _caches[kind].Find(key);
        if (kind == Kinds.Cluster)
        {
            await _clusters.LookAsync(key, found, _stopping.Token);

            // Backups that wait for it.
            foreach (var backup in _caches[Kinds.Backup].Objects.Where(backup => backup.Text("spec", "cluster", "name") == key.Name)) await BackUpAsync(backup);
        }
        else if (found is null)
        {
            return;
        }
        else if (kind == Kinds.Pooler)
        {
            await _clusters.LookAtPoolerAsync(found, _stopping.Token);
        }
        else
        {
            await BackUpAsync(found);
        }
    }

    private Task BackUpAsync(KubernetesObject backup) =>
        _backups.LookAsync(backup, _caches[Kinds.Cluster].Find(new ObjectKey(backup.Namespace, backup.Text("spec", "cluster", "name")!)), _stopping.Token);
}
