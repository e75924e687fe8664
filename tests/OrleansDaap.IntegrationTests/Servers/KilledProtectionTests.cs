using System.Text.Json;
using OrleansDaap.IntegrationTests.LocalPostgres.Backups;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>SIGKILL while a database's backups begin and end: it is whole afterwards, restores exactly, and nothing half-made is left.</summary>
[RequiresLocalPostgres]
[Trait(Soak.Category, Soak.Name)]
public sealed class KilledProtectionTests(BackedUpServer server) : IClassFixture<BackedUpServer>
{
    [SoakFact]
    public async Task A_new_database_is_backed_up_once_when_the_server_is_killed_as_its_place_and_its_first_backup_are_made()
    {
        var id = await server.BeginAsync("parcels");
        // From a moment before pgBackRest makes it.
        await server.KillWhenAsync(() => File.Exists(Path.Combine(server.Notes(id), "made")));
        await server.KillWhenAsync(() => server.RunsPgBackRest("backup", id) || server.CountStored(id) > 0);

        await server.UntilAsync(id, IsBackedUp);
        Assert.Equal("full", Assert.Single(await server.BackupsAsync(id)).GetProperty("type").GetString());
        await server.RestoresAsync(id, 1);
        await server.DeleteAsync(id);
    }

    [SoakFact]
    public async Task Backups_end_and_begin_again_when_the_server_is_killed_as_a_move_turns_them_off_and_on()
    {
        var id = await server.CreateAsync("parcels");
        await server.WriteAsync(id, 1);
        await server.SendAsync(HttpMethod.Post, "/tiers", new
        {
            id = "plain",
            description = "Without backups",
            postgres_version = 15,
            instances = 1,
            cpu_cores = 1,
            memory_gib = 1,
            storage = new { size_gib = 1 },
            destruction_strategy = "hard",
        });
        await MoveAsync("plain", "archived-up-to");
        var lost = await server.WriteAsync(id, 2);
        await MoveAsync("dev", "archiving-since");
        await server.KillWhenAsync(() => server.RunsPgBackRest("backup", id) || server.CountStored(id) > 1);

        await server.UntilAsync(id, database => IsBackedUp(database)
            && database.GetProperty("backup").GetProperty("earliest_restore_at") is { ValueKind: JsonValueKind.String } earliest && earliest.GetDateTimeOffset() > lost);
        Assert.Equal(2, (await server.BackupsAsync(id)).Length);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => server.RestoreAsync(id, lost));
        Assert.Contains("restore-target-out-of-range", refused.Message, StringComparison.Ordinal);
        await server.RestoresAsync(id, 3);
        await server.DeleteAsync(id);

        async Task MoveAsync(string tier, string note)
        {
            await server.SendAsync(HttpMethod.Post, $"/databases/{id}/tier", new { tier });
            await server.KillWhenAsync(() => File.Exists(Path.Combine(server.Notes(id), note)));
            JsonElement seen = default;
            await ServerProcess.UntilAsync(
                async () => !(seen = await server.SendAsync(HttpMethod.Get, $"/databases/{id}/operations")).GetProperty("items").EnumerateArray()
                    .Any(operation => operation.GetProperty("kind").GetString() != "backup" && BackedUpServer.Status(operation) == "running"),
                () => $"{seen}");
        }
    }

    [SoakFact]
    public async Task A_purge_is_finished_when_the_server_is_killed_at_each_step_of_it()
    {
        var source = await server.SourceAsync();
        var id = await server.CreateAsync("parcels");
        var used = await server.UsedAsync();
        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}?force=true");
        await server.KillWhenAsync(() => !Directory.Exists(server.Cluster(id)));
        await server.KillWhenAsync(() => File.Exists(Path.Combine(server.Repository, $"daap-purging-{id}")) || !Directory.Exists(server.Notes(id)));
        await server.KillWhenAsync(() => !Directory.Exists(Path.Combine(server.Repository, "archive", id)));

        await server.GoneAsync(id);
        Assert.Equal(used - 1, await server.UsedAsync());
        await server.RestoresAsync(source, 1);
    }

    [SoakFact]
    public async Task What_is_too_old_goes_once_and_nothing_else_when_the_server_is_killed_as_it_is_removed()
    {
        using var backRest = new SlowPgBackRest("expire", isAged: true);
        await using var aged = new BackedUpServer { Settings = new Dictionary<string, string> { ["Daap__Local__Backup__PgBackRest"] = backRest.Program } };
        var id = await aged.CreateAsync("parcels");
        // Of two that are old enough the first is needed no more.
        var second = await aged.BackUpAsync(id, "full");
        await aged.SucceedsAsync(second);
        var overdue = Path.Combine(aged.Notes(id), "overdue");
        await ServerProcess.UntilAsync(() => Task.FromResult(File.Exists(overdue) && backRest.Log.Count(line => line == "expire ended") == 2));
        var label = (await File.ReadAllTextAsync(overdue)).Split(' ')[0];
        await File.WriteAllTextAsync(overdue, $"{label} {TimeProvider.System.GetUtcNow().AddHours(-2):O}\n");
        backRest.Hold("expire");
        var third = await aged.BackUpAsync(id, "full");
        await aged.KillWhenAsync(() => backRest.Log.Count(line => line == "expire") == 3);
        var fourth = await aged.BackUpAsync(id, "incremental");
        Assert.Equal(3, aged.CountStored(id));
        backRest.Release("expire");

        await aged.SucceedsAsync(fourth);
        Assert.Equal([fourth, third, second], (await aged.BackupsAsync(id)).Select(backup => backup.GetProperty("id").GetString()));
        await aged.RestoresAsync(id, 1);
        await aged.DeleteAsync(id);
    }

    private static bool IsBackedUp(JsonElement database) => BackedUpServer.Status(database) == "ready"
        && database.GetProperty("status_reason").ValueKind == JsonValueKind.Null
        && database.GetProperty("backup").GetProperty("last_successful_at").ValueKind == JsonValueKind.String;
}
