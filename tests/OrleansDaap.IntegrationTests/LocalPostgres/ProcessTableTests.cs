using System.Runtime.InteropServices;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.PgBouncer;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;
using Xunit.Abstractions;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>In a container root may not look at other users' working directories: Docker takes CAP_SYS_PTRACE from it.</summary>
[RequiresLocalPostgres]
public sealed class ProcessTableTests(LocalInstallation installation, ITestOutputHelper output) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task What_runs_is_known_without_the_rights_of_a_debugger()
    {
        var database = await TestDatabase.CreateAsync(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 20) });
        var pid = database.PostmasterPid;
        WithoutDebuggersRights(() =>
        {
            AssertHidden(pid);
            Assert.True(PostgresServer.IsRunning(database.Pgdata));
            Assert.True(PgBouncerServer.IsRunning(Path.Combine(Path.GetDirectoryName(database.Pgdata)!, "pgbouncer")));
            Assert.False(ProcessTable.RunsIn(pid, database.Pgdata + "2", "postgres"));
        });
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task What_a_killed_postmaster_leaves_is_found_without_them_too()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var other = await TestDatabase.CreateAsync(installation);
        var all = ProcessTable.FindIn(database.Pgdata, "postgres", "no title");
        var title = $"postgres: {PostgresSettings.ClusterName(database.Pgdata)}: ";
        Assert.True(all.Count > 3);
        WithoutDebuggersRights(() =>
        {
            AssertHidden(database.PostmasterPid);
            Assert.Equal(all, ProcessTable.FindIn(database.Pgdata, "postgres", title));
            // Stopped ones cannot notice that their parent is gone.
            foreach (var pid in all) Posix.Signal(pid, 19);
            Posix.Signal(database.PostmasterPid, Posix.Kill);
            Assert.Equal(all.Where(pid => pid != database.PostmasterPid), ProcessTable.FindIn(database.Pgdata, "postgres", title)
                .Where(pid => pid != database.PostmasterPid));
        });
        await database.DestroyAsync();
        Assert.Empty(ProcessTable.FindIn(database.Pgdata, "postgres", title));
        Assert.Equal("1", await other.AskAsync("SELECT 1"));
        await other.DestroyAsync();
    }

    private static void AssertHidden(int pid) => Assert.Null(new FileInfo($"/proc/{pid}/cwd").LinkTarget);

    // Capabilities are a thread's own.
    private void WithoutDebuggersRights(Action look)
    {
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux())
        {
            output.WriteLine("Skipped: PostgreSQL is another user's only for root.");
            return;
        }

        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                uint[] header = [0x20080522, 0];
                var sets = new uint[6];
                Assert.Equal(0, capget(header, sets));
                sets[0] &= ~(1u << 19);
                Assert.Equal(0, capset(header, sets));
                look();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw new InvalidOperationException("Without the rights of a debugger: " + failure.Message, failure);
    }

#pragma warning disable IDE1006, SYSLIB1054 // The names are C's; arrays of numbers need no generated code.
    [DllImport("libc")]
    private static extern int capget(uint[] header, [Out] uint[] sets);

    [DllImport("libc")]
    private static extern int capset(uint[] header, uint[] sets);
#pragma warning restore IDE1006, SYSLIB1054
}
