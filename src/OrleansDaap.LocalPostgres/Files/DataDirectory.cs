using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Files;

/// <summary>
/// Everything on disk and where it lies. One server at a time holds it, for two would give one port to two databases. The tools' part
/// may lie elsewhere; see <see cref="ToolsDirectory"/>.
/// </summary>
internal sealed class DataDirectory(
    IOptions<LocalPostgresOptions> options, OwnedFiles files, ToolAccount tools, TimeProvider time, ILogger<DataDirectory> logger) : IDisposable
{
    /// <summary>A server that is being stopped may hold it a little longer than the one that follows it waits for nothing.</summary>
    private static readonly TimeSpan PatienceForPredecessor = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly SemaphoreSlim _probing = new(1, 1);
    private readonly List<FileStream> _locks = [];
    private string? _root;
    private string? _tools;

    public string Root => _root ?? throw new InvalidOperationException("The data directory has not been opened.");

    /// <summary>Above what PostgreSQL and PgBouncer own; the same as <see cref="Root"/> where they can pass through to that.</summary>
    public string Tools => _tools ?? throw new InvalidOperationException("The data directory has not been opened.");

    public string Ca => Path.Combine(Root, "ca");

    public string Credentials => Path.Combine(Root, "credentials");

    /// <summary>What each database's backups are encrypted with. It outlives the cluster while its backups live.</summary>
    public string Passphrases => Path.Combine(Root, "passphrases");

    /// <summary>What pgBackRest needs here for each database that has backups, its cluster gone or not.</summary>
    public string PgBackRest => Path.Combine(Tools, "pgbackrest");

    /// <summary>Where backups are restored to only to see that they can be.</summary>
    public string Scratch => Path.Combine(Tools, "scratch");

    public string Templates => Path.Combine(Tools, "templates");

    public string Clusters => Path.Combine(Tools, "clusters");

    public string Platform => Path.Combine(Tools, "platform");

    public string Sockets => Path.Combine(Tools, "sockets");

    public string ClusterOf(DatabaseId id) => Path.Combine(Clusters, Checked(id));

    public string CredentialsOf(DatabaseId id) => Path.Combine(Credentials, Checked(id));

    public string PgBackRestOf(DatabaseId id) => Path.Combine(PgBackRest, Checked(id));

    public string PassphraseOf(DatabaseId id) => Path.Combine(Passphrases, Checked(id));

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
            _locks.Add(await LockAsync(root, cancellationToken));
            var elsewhere = ToolsDirectory.Find(root, tools);
            var passable = elsewhere is null ? root : await MakeElsewhereAsync(root, elsewhere, cancellationToken);
            CheckTraversal(passable);
            if (System.Text.Encoding.UTF8.GetByteCount(passable) > ToolsDirectory.LongestPath)
                throw new InvalidOperationException($"Daap:DataDirectory: {passable} is too long: Unix sockets below it allow {ToolsDirectory.LongestPath} bytes.");
            foreach (var mine in new[] { "ca", "credentials", "passphrases" })
                files.MakeDirectory(Path.Combine(root, mine), FileModes.PrivateDirectory, FileOwner.Server);
            foreach (var theirs in new[] { "templates", "clusters", "platform", "sockets", "pgbackrest", "scratch" })
                files.MakeDirectory(Path.Combine(passable, theirs), FileModes.PrivateDirectory, FileOwner.Tools);
            OwnedFiles.Sweep(Path.Combine(root, "credentials"));
            OwnedFiles.Sweep(Path.Combine(passable, "clusters"));
            OwnedFiles.Sweep(Path.Combine(passable, "pgbackrest"));
            _tools = passable;
            _root = root;
        }
        catch
        {
            Unlock();
            throw;
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
        if (!IsWellBelow(Root, full) && !IsWellBelow(Tools, full))
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

    /// <summary>Throws when a file cannot be written. One at a time: two would be in each other's way.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await _probing.WaitAsync(cancellationToken);
        try
        {
            foreach (var directory in new[] { Root, Tools }.Distinct())
            {
                var probe = Path.Combine(directory, "probe");
                await File.WriteAllTextAsync(probe, "written by the health check\n", cancellationToken);
                File.Delete(probe);
            }
        }
        finally
        {
            _probing.Release();
        }
    }

    public void Dispose()
    {
        _probing.Dispose();
        Unlock();
        _opening.Dispose();
    }

    private static bool IsWellBelow(string parent, string path) =>
        path.StartsWith(parent + "/", StringComparison.Ordinal) && path.Count(c => c == '/') >= parent.Count(c => c == '/') + 2;

    private void Unlock()
    {
        foreach (var held in _locks) held.Dispose();
        _locks.Clear();
    }

    // The pointer comes first, so that a directory without one is a removed data directory's. A copy of the data directory carries the
    // same pointer: the second lock keeps two servers from the same clusters.
    private async Task<string> MakeElsewhereAsync(string root, string elsewhere, CancellationToken cancellationToken)
    {
        if (files.Write(Path.Combine(root, ToolsDirectory.Pointer), elsewhere + "\n", FileModes.PrivateFile, FileOwner.Server))
            logger.ToolsElsewhere(tools.Name, ToolsDirectory.FindClosed(root) ?? root, elsewhere);
        var missing = new Stack<string>();
        for (var directory = elsewhere; directory is not null && !Directory.Exists(directory); directory = Path.GetDirectoryName(directory)) missing.Push(directory);
        foreach (var directory in missing) files.MakeDirectory(directory, FileModes.PassableDirectory, FileOwner.Server);
        var real = Posix.RealPath(elsewhere);
        _locks.Add(await LockAsync(real, cancellationToken));
        return real;
    }

    // An id is made of letters that mean nothing in a path; one that is not came past the API.
    private static string Checked(DatabaseId id) =>
        DatabaseId.TryParse(id.Value, out _) ? id.Value : throw new ArgumentException($"\"{id.Value}\" is not a database id.", nameof(id));

    private void CheckTraversal(string root)
    {
        if (!tools.Switches) return;
        if (ToolsDirectory.FindClosed(root) is not { } closed) return;
        throw new InvalidOperationException(
            $"Daap:DataDirectory: PostgreSQL runs as \"{tools.Name}\", which cannot pass through {closed}. "
            + $"Choose a data directory elsewhere, or run: chmod o+x {closed}");
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
