using System.Globalization;
using System.Text.Json;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>
/// SIGKILL in each step of a backup, a restore, an archive and its drill: what was accepted ends as if nothing had been, and leaves nothing
/// half-made.
/// </summary>
[RequiresLocalPostgres]
[Trait(Soak.Category, Soak.Name)]
public sealed class KilledBackupTests(BackedUpServer server) : IClassFixture<BackedUpServer>
{
    private const int LongestDelay = 400;
    private static readonly int Rounds = Soak.Of(1, 10);
    private readonly Random _random = new(20261121);

    [DependentFact]
    public async Task A_backup_is_taken_once_when_the_server_is_killed_in_the_midst_of_it()
    {
        var id = await server.SourceAsync();
        var before = (await server.BackupsAsync(id)).Select(Id).ToArray();
        var asked = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await BackUpAsync(() => true);
            await BackUpAsync(() => server.RunsPgBackRest("backup", id));
            await BackUpAsync(() => server.CountStored(id) > before.Length + asked.Count);
        }

        var backups = await server.BackupsAsync(id);
        Assert.Equal([.. asked, .. before], backups.Select(Id));
        Assert.All(asked, one => Assert.Equal("succeeded", BackedUpServer.Status(backups.First(backup => Id(backup) == one))));
        await server.UntilAsync(id, IsFine);

        async Task BackUpAsync(Func<bool> killWhen)
        {
            var key = Guid.NewGuid().ToString("N");
            var backup = await server.BackUpAsync(id, "full", key);
            await KillAsync(killWhen);
            Assert.Equal(backup, await server.BackUpAsync(id, "full", key));
            await server.SucceedsAsync(backup);
            asked.Insert(0, backup);
        }
    }

    [SoakFact]
    public async Task A_backup_whose_PostgreSQL_is_killed_loses_nothing_and_the_next_one_succeeds()
    {
        var id = await server.SourceAsync();
        await server.WriteAsync(id, 10);
        var rows = await server.RowsAsync(id);
        var cut = await server.BackUpAsync(id, "full");
        await ServerProcess.UntilAsync(() => Task.FromResult(server.RunsPgBackRest("backup", id)));
        var pidFile = Path.Combine(server.Cluster(id), "pgdata", "postmaster.pid");
        var killed = (await File.ReadAllLinesAsync(pidFile))[0];
        await ServerProcess.KillProcessAsync(int.Parse(killed, CultureInfo.InvariantCulture));

        // Whether the kill came before the backup's end or not, it is told as it is.
        var ended = await server.EndedAsync(cut);
        Assert.Equal(BackedUpServer.Status(ended) == "failed", ended.GetProperty("error").ValueKind == JsonValueKind.Object);
        await server.UntilAsync(id, database => BackedUpServer.Status(database) == "ready" && IsNew()
            && !database.GetProperty("status_reason").ToString().Contains("not-running", StringComparison.Ordinal));
        await server.SucceedsAsync(await server.BackUpAsync(id, "incremental"));
        await server.UntilAsync(id, IsFine);
        Assert.Equal(rows, await server.RowsAsync(id));

        bool IsNew() => File.Exists(pidFile) && File.ReadAllLines(pidFile) is [var pid, ..] && pid != killed;
    }

    [SoakFact]
    public async Task Two_restores_end_exact_when_the_server_is_killed_at_each_step_of_them()
    {
        var id = await server.SourceAsync();
        var used = await server.UsedAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var moment = await server.WriteAsync(id, 20 + round);
            var rows = await server.RowsAsync(id);
            var last = await server.WriteAsync(id, 40 + round);
            var allRows = await server.RowsAsync(id);
            var earlier = await server.RestoreAsync(id, moment);
            var later = await server.RestoreAsync(id, last);
            var pgdata = Path.Combine(server.Cluster(earlier), "pgdata");
            await KillAsync(() => true);
            await KillAsync(() => server.RunsPgBackRest("restore", $"{pgdata}.restore") || Directory.Exists(pgdata));
            await KillAsync(() => File.Exists(Path.Combine($"{pgdata}.restore", "postmaster.pid")) || Directory.Exists(pgdata));
            await KillAsync(() => Directory.Exists(pgdata));

            Assert.Equal(rows, await server.RowsAsync(earlier));
            Assert.Equal(allRows, await server.RowsAsync(later));
            Assert.Equal(used + 2, await server.UsedAsync());
            server.AssertNothingHalfMade();
            await server.DeleteAsync(earlier, later);
            Assert.Equal(used, await server.UsedAsync());
        }
    }

    [DependentFact]
    public async Task An_archive_is_proven_and_whole_when_the_server_is_killed_at_each_step_of_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = await server.CreateAsync("invoices");
            var (pgdata, scratch) = (Path.Combine(server.Cluster(id), "pgdata"), Path.Combine(server.Scratch(id), "pgdata"));
            var used = await server.UsedAsync();
            var last = await server.WriteAsync(id, 1);
            await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
            await KillAsync(() => true);
            // A backup goes on without its server, and is found by the next one.
            await KillAsync(() => server.RunsPgBackRest("backup", id) || server.CountStored(id) > 1);
            await KillAsync(() => server.RunsPgBackRest("restore", scratch) || !Directory.Exists(pgdata));
            await KillAsync(() => File.Exists(Path.Combine(scratch, "postmaster.pid")) || !Directory.Exists(pgdata));
            await KillAsync(() => !File.Exists(Path.Combine(pgdata, "postmaster.pid")));

            var archived = (await server.UntilStatusAsync(id, "archived")).GetProperty("backup");
            Assert.True(archived.GetProperty("drill").GetProperty("proven_restorable_at").GetDateTimeOffset() >= last);
            Assert.False(Directory.Exists(server.Cluster(id)));
            Assert.Equal(2, (await server.BackupsAsync(id)).Length);
            Assert.Equal(used - 1, await server.UsedAsync());
            server.AssertNothingHalfMade();
        }
    }

    [SoakFact]
    public async Task A_scheduled_drill_that_is_cut_short_by_the_servers_end_is_made_up_for_at_once()
    {
        await server.SourceAsync();
        await server.SendAsync(HttpMethod.Post, "/tiers", new
        {
            id = "drilled",
            description = "Proven every minute",
            postgres_version = 15,
            instances = 1,
            cpu_cores = 1,
            memory_gib = 1,
            storage = new { size_gib = 1 },
            backup = new { schedule = "0 0 1 1 *", retention_days = 7 },
            drill = "* * * * *",
            destruction_strategy = "hard",
        });
        var id = await server.CreateAsync("parcels", "drilled");
        foreach (var seen in new Func<bool>[]
            {
                () => server.RunsPgBackRest("restore", server.Scratch(id)),
                () => File.Exists(Path.Combine(server.Scratch(id), "pgdata", "postmaster.pid")),
            })
        {
            var last = await server.WriteAsync(id, 1);
            await KillAsync(seen);
            await server.UntilAsync(id, database => database.GetProperty("backup").GetProperty("drill").GetProperty("proven_restorable_at") is { ValueKind: JsonValueKind.String } proven
                && proven.GetDateTimeOffset() >= last && IsFine(database));
        }

        // The next one may be under way by now, and leaves nothing either.
        await ServerProcess.UntilAsync(() => Task.FromResult(!Directory.Exists(server.Scratch(id))));
        await server.DeleteAsync(id);
    }

    private static string Id(JsonElement one) => one.GetProperty("id").GetString()!;

    private static bool IsFine(JsonElement database) =>
        BackedUpServer.Status(database) == "ready" && database.GetProperty("status_reason").ValueKind == JsonValueKind.Null;

    /// <summary>At the first sight of something; in the long form a while later, by chance.</summary>
    private async Task KillAsync(Func<bool> when)
    {
        await ServerProcess.UntilAsync(() => Task.FromResult(when()));
        if (Soak.IsOn)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_random.Next(1, LongestDelay)));
            await timer.WaitForNextTickAsync();
        }

        await server.KillAndRestartAsync();
    }
}
