using System.Globalization;
using System.Text.Json;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>SIGKILL in each step of a backup, a restore, an archive and its drill: what was accepted ends as if nothing had been, and leaves nothing half-made.</summary>
[RequiresLocalPostgres]
[Trait(Soak.Category, Soak.Name)]
public sealed class KilledBackupTests : IDisposable
{
    private static readonly int Rounds = Soak.Of(1, 10);
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [DependentFact]
    public async Task A_backup_is_taken_once_when_the_server_is_killed_in_the_midst_of_it()
    {
        await using var server = await BackedUpServer.StartAsync(_data);
        var id = await server.CreateAsync("orders");
        var asked = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var moment in new Func<string, bool>[] { _ => true, _ => server.RunsPgBackRest("backup", id), IsInRepository })
            {
                asked.Insert(0, await server.BackUpAsync(id, "full"));
                await KillAsync(server, () => moment(id));
                Assert.Equal("succeeded", BackedUpServer.Status(await server.EndedAsync(asked[0])));
            }
        }

        Assert.Equal(asked, (await server.BackupsAsync(id)).SkipLast(1).Select(backup => backup.GetProperty("id").GetString()));
        Assert.All(await server.BackupsAsync(id), backup => Assert.Equal("succeeded", BackedUpServer.Status(backup)));
        await server.UntilAsync(id, IsFine);

        // What pgBackRest writes last, when the backup is whole.
        bool IsInRepository(string database) => Repository(database).Length == asked.Count + 1;
    }

    [DependentFact]
    public async Task A_backup_whose_PostgreSQL_is_killed_loses_nothing_and_the_next_one_succeeds()
    {
        await using var server = await BackedUpServer.StartAsync(_data);
        var id = await server.CreateAsync("orders");
        await server.WriteAsync(id, 1);
        var cut = await server.BackUpAsync(id, "full");
        await ServerProcess.UntilAsync(() => Task.FromResult(server.RunsPgBackRest("backup", id)));
        var pid = (await File.ReadAllLinesAsync(Path.Combine(server.Cluster(id), "pgdata", "postmaster.pid")))[0];
        await ServerProcess.KillProcessAsync(int.Parse(pid, CultureInfo.InvariantCulture));
        var ended = await server.EndedAsync(cut);
        await server.UntilAsync(id, database => BackedUpServer.Status(database) == "ready" && database.GetProperty("status_reason").ToString() is var reason
            && !reason.Contains("not-running", StringComparison.Ordinal));

        Assert.Equal("succeeded", BackedUpServer.Status(await server.EndedAsync(await server.BackUpAsync(id))));

        Assert.Equal(BackedUpServer.Status(ended) == "failed", ended.GetProperty("error").ValueKind == JsonValueKind.Object);
        await server.UntilAsync(id, IsFine);
        var restored = await server.RestoreAsync(id, await server.WriteAsync(id, 2));
        Assert.Equal("1,2", await server.RowsAsync(restored));
        Assert.Equal("1,2", await server.RowsAsync(id));
    }

    [DependentFact]
    public async Task Two_restores_end_exact_when_the_server_is_killed_at_each_step_of_them()
    {
        await using var server = await BackedUpServer.StartAsync(_data);
        var id = await server.CreateAsync("orders");
        var moment = await server.WriteAsync(id, 1);
        var last = await server.WriteAsync(id, 2);
        for (var round = 0; round < Rounds; round++)
        {
            var earlier = await server.RestoreAsync(id, moment);
            var later = await server.RestoreAsync(id, last);
            var pgdata = Path.Combine(server.Cluster(earlier), "pgdata");
            await KillAsync(server, () => true);
            await KillAsync(server, () => Directory.Exists($"{pgdata}.restore"));
            await KillAsync(server, () => server.RunsPgBackRest("restore", earlier));
            await KillAsync(server, () => File.Exists(Path.Combine($"{pgdata}.restore", "postmaster.pid")));
            await KillAsync(server, () => Directory.Exists(pgdata));

            Assert.Equal("1", await server.RowsAsync(earlier));
            Assert.Equal("1,2", await server.RowsAsync(later));
            Assert.Equal("1,2", await server.RowsAsync(id));
            Assert.Equal("succeeded", BackedUpServer.Status(await server.LatestEndedAsync(earlier)));
            Assert.Equal(3, await server.UsedAsync());
            server.AssertNothingHalfMade();
            await server.DeleteAsync(earlier, later);
            Assert.Equal(1, await server.UsedAsync());
        }
    }

    [DependentFact]
    public async Task An_archive_is_proven_and_whole_when_the_server_is_killed_at_each_step_of_it()
    {
        await using var server = await BackedUpServer.StartAsync(_data);
        for (var round = 0; round < Rounds; round++)
        {
            var id = await server.CreateAsync("orders");
            var last = await server.WriteAsync(id, 1);
            await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
            var scratch = server.Scratch(id);
            await KillAsync(server, () => true);
            // A backup goes on without its server, so that its successor may find it whole.
            await KillAsync(server, () => server.RunsPgBackRest("backup", id) || Repository(id).Length == 2);
            await KillAsync(server, () => Directory.Exists(scratch));
            await KillAsync(server, () => server.RunsPgBackRest("restore", scratch));
            await KillAsync(server, () => File.Exists(Path.Combine(scratch, "pgdata", "postmaster.pid")));
            await KillAsync(server, () => !File.Exists(Path.Combine(server.Cluster(id), "pgdata", "postmaster.pid")));

            var archived = await server.UntilStatusAsync(id, "archived");
            Assert.Equal("succeeded", BackedUpServer.Status(await server.LatestEndedAsync(id)));
            Assert.True(archived.GetProperty("backup").GetProperty("drill").GetProperty("proven_restorable_at").GetDateTimeOffset() >= last);
            Assert.False(Directory.Exists(server.Cluster(id)));
            Assert.Equal(2, (await server.BackupsAsync(id)).Length);
            Assert.Equal(0, await server.UsedAsync());
            server.AssertNothingHalfMade();

            var restored = await server.RestoreAsync(id, archived.GetProperty("backup").GetProperty("latest_restore_at").GetDateTimeOffset());
            Assert.Equal("1", await server.RowsAsync(restored));
            await server.DeleteAsync(id, restored);
            Assert.Equal(0, await server.UsedAsync());
        }
    }

    private static bool IsFine(JsonElement database) =>
        BackedUpServer.Status(database) == "ready" && database.GetProperty("status_reason").ValueKind == JsonValueKind.Null;

    private static async Task KillAsync(BackedUpServer server, Func<bool> when)
    {
        await ServerProcess.UntilAsync(() => Task.FromResult(when()));
        await server.KillAndRestartAsync();
    }

    /// <summary>The backups of a database that are whole.</summary>
    private string[] Repository(string id) => Path.Combine(_data.Path, "backups", "backup", id) is var directory && Directory.Exists(directory)
        ? [.. Directory.EnumerateDirectories(directory).Where(set => Path.GetFileName(set) is [>= '0' and <= '9', ..] && File.Exists(Path.Combine(set, "backup.manifest")))]
        : [];
}
