using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Files;

/// <summary>Everything on disk and where it lies. One server at a time holds it, for two would give one port to two databases.</summary>
internal sealed class DataDirectory(
    IOptions<LocalPostgresOptions> options, OwnedFiles files, ToolAccount tools, TimeProvider time, ILogger<DataDirectory> logger) : IDisposable
{
    /// <summary>A server that is being stopped may hold it a little longer than the one that follows it waits for nothing.</summary>
    private static readonly TimeSpan PatienceForPredecessor = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private string? _root;
    private FileStream? _lock;

    public string Root => _root ?? throw new InvalidOperationException("The data directory has not been opened.");

    public string Ca => Path.Combine(Root, "ca");

    public string Credentials => Path.Combine(Root, "credentials");

    public string Templates => Path.Combine(Root, "templates");

    public string Clusters => Path.Combine(Root, "clusters");

    public string Platform => Path.Combine(Root, "platform");

    public string Sockets => Path.Combine(Root, "sockets");

    public string ClusterOf(DatabaseId id) => Path.Combine(Clusters, Checked(id));

    public string CredentialsOf(DatabaseId id) => Path.Combine(Credentials, Checked(id));

    /// <summary>Makes what is missing and takes the lock; opening it again does nothing.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_root is not null) return;
            var path = Path.GetFullPath(options.Value.DataDirectory);
            Directory.CreateDirectory(path, tools.Switches ? FileModes.PassableDirectory : FileModes.PrivateDirectory);
            var root = Posix.RealPath(path);
            CheckTraversal(root);
            _lock = await LockAsync(root, cancellationToken);
            foreach (var mine in new[] { "ca", "credentials" })
                files.MakeDirectory(Path.Combine(root, mine), FileModes.PrivateDirectory, FileOwner.Server);
            foreach (var theirs in new[] { "templates", "clusters", "platform", "sockets" })
                files.MakeDirectory(Path.Combine(root, theirs), FileModes.PrivateDirectory, FileOwner.Tools);
            OwnedFiles.Sweep(Path.Combine(root, "credentials"));
            OwnedFiles.Sweep(Path.Combine(root, "clusters"));
            _root = root;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Removes a tree of this directory, and only of it; symbolic links are removed, not followed.</summary>
    public void Remove(string path)
    {
        var full = Path.GetFullPath(path);
        if (!full.StartsWith(Root + "/", StringComparison.Ordinal) || full.Count(c => c == '/') < Root.Count(c => c == '/') + 2)
            throw new InvalidOperationException($"{full} is no part of the data directory that may be removed.");
        if (Directory.Exists(full)) Directory.Delete(full, recursive: true);
    }

    /// <summary>As <see cref="Remove"/>, of what is only in nobody's way: a tool that outlives a killed server may still write there.</summary>
    public void TryRemove(string path)
    {
        try
        {
            Remove(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is tried again another time.
        }
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _opening.Dispose();
    }

    // An id is made of letters that mean nothing in a path; one that is not came past the API.
    private static string Checked(DatabaseId id) =>
        DatabaseId.TryParse(id.Value, out _) ? id.Value : throw new ArgumentException($"\"{id.Value}\" is not a database id.", nameof(id));

    private void CheckTraversal(string root)
    {
        if (!tools.Switches) return;
        for (var directory = root; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            // Owners and groups are not looked at: what is open to others is open, and a name in a group is easily lost.
            if (!File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherExecute))
            {
                throw new InvalidOperationException(
                    $"Daap:DataDirectory: PostgreSQL runs as \"{tools.Name}\", which cannot pass through {directory}. "
                    + $"Choose a data directory elsewhere, or run: chmod o+x {directory}");
            }
        }
    }

    private async Task<FileStream> LockAsync(string root, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, "server.lock");
        var deadline = time.GetUtcNow() + PatienceForPredecessor;
        for (var waited = false; ; waited = true)
        {
            try
            {
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = FileModes.PrivateFile,
                });
            }
            catch (IOException failure) when (IsTaken(failure))
            {
                if (time.GetUtcNow() > deadline)
                    throw new InvalidOperationException($"Daap:DataDirectory: another server is using {root}; stop it, or choose another directory.", failure);
                if (!waited) logger.WaitingForDataDirectory(root);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
            }
        }
    }

    // EWOULDBLOCK of flock: 11 on Linux, 35 on macOS.
    private static bool IsTaken(IOException failure) => failure.HResult is 11 or 35 || failure.Message.Contains("used by another process", StringComparison.Ordinal);
}
