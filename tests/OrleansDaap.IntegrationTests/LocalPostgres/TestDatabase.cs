using OrleansDaap.Common;
using OrleansDaap.LocalPostgres;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>One database on a local installation, with what its endpoint's files tell a client.</summary>
internal sealed class TestDatabase(LocalInstallation installation, ClusterSpec spec)
{
    public ClusterSpec Spec { get; private set; } = spec;

    public DatabaseId Id => Spec.Id;

    public ClusterEndpoint Endpoint { get; private set; } = null!;

    public string Uri => Credential("uri");

    public string PasswordFile => Path.Combine(Endpoint.Credentials.Path!, "pgpass");

    public string Pgdata => Path.Combine(installation.ToolsDirectory, "clusters", Id.Value, "pgdata");

    public int PostmasterPid => int.Parse(File.ReadLines(Path.Combine(Pgdata, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    private LocalPostgresBackend Backend => installation.Backend;

    public static TestDatabase New(LocalInstallation installation, Func<ClusterSpec, ClusterSpec>? change = null)
    {
        var spec = ClusterSpecs.Small(DatabaseId.New(TimeProvider.System.GetUtcNow()));
        return new TestDatabase(installation, change is null ? spec : change(spec));
    }

    public static async Task<TestDatabase> CreateAsync(LocalInstallation installation, Func<ClusterSpec, ClusterSpec>? change = null)
    {
        var database = New(installation, change);
        await database.ReadyAsync();
        return database;
    }

    /// <summary>Applies it, as a grain does again and again, and waits until it is ready.</summary>
    public async Task<ClusterObservation> ReadyAsync(ClusterSpec? spec = null)
    {
        Spec = spec ?? Spec;
        await Backend.ApplyAsync(Spec, default);
        var seen = await Backend.WaitForAsync(Id, ClusterPhase.Ready, Spec.Generation);
        Endpoint = seen.Endpoint!;
        return seen;
    }

    /// <summary>What is applied from now on.</summary>
    public void Want(ClusterSpec spec) => Spec = spec;

    public async Task<ClusterObservation> FailsAsync()
    {
        await Backend.ApplyAsync(Spec, default);
        return await Backend.WaitForAsync(Id, seen => seen.Phase is ClusterPhase.Failed or ClusterPhase.Ready);
    }

    /// <summary>Kills its PostgreSQL as kill -9 does, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        var pid = PostmasterPid;
        Posix.Signal(pid, Posix.Kill);
        while (ProcessTable.RunsIn(pid, Pgdata, "postgres")) await Task.Yield();
    }

    public async Task DestroyAsync()
    {
        await Backend.DestroyAsync(Id, keepBackups: false, default);
        await Backend.WaitForAsync(Id, ClusterPhase.Absent);
    }

    public string Credential(string name) => File.ReadAllText(Path.Combine(Endpoint.Credentials.Path!, name));

    public string Connection(int port, string sslmode) =>
        $"postgresql://app@{Endpoint.Host}:{port}/app?sslmode={sslmode}&sslrootcert={Endpoint.Ca.Path}";

    public Task<string> AskAsync(string query) => Psql.AskAsync(Uri, query);
}
