using System.Globalization;
using System.Text.Json;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>What a user with backups does, with a server that is started as a user starts it.</summary>
[RequiresLocalPostgres]
public sealed class BackupLifeTests(BackedUpServer server) : IClassFixture<BackedUpServer>
{
    [DependentFact]
    public async Task A_database_is_backed_up_restored_archived_and_restored_from_its_archive_by_what_the_API_answers_alone()
    {
        var id = await server.CreateAsync("orders");
        Assert.Equal(("succeeded", "full"), Told(Assert.Single(await server.BackupsAsync(id))));

        var moment = await server.WriteAsync(id, 1);
        await server.WriteAsync(id, 2);
        var between = await server.RestoreAsync(id, moment);
        // Milliseconds after the last commit, of which nothing is archived yet, and while the other one is under way.
        var latest = await server.RestoreAsync(id, await server.WriteAsync(id, 3));
        Assert.Equal("1", await server.RowsAsync(between));
        Assert.Equal("1,2,3", await server.RowsAsync(latest));
        Assert.Equal(3, await server.UsedAsync());

        var asked = await server.BackUpAsync(id, "incremental");
        await server.SucceedsAsync(asked);
        Assert.Equal([("succeeded", "incremental"), ("succeeded", "full")], (await server.BackupsAsync(id)).Select(Told));

        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
        var archived = (await server.UntilStatusAsync(id, "archived")).GetProperty("backup");
        Assert.True(archived.GetProperty("drill").GetProperty("proven_restorable_at").GetDateTimeOffset() > moment);
        Assert.Equal(JsonValueKind.String, archived.GetProperty("purge_at").ValueKind);
        Assert.False(Directory.Exists(server.Cluster(id)));
        Assert.Equal(3, (await server.BackupsAsync(id)).Length);
        Assert.Equal(2, await server.UsedAsync());

        var revived = await server.RestoreAsync(id, archived.GetProperty("latest_restore_at").GetDateTimeOffset());
        Assert.Equal("1,2,3", await server.RowsAsync(revived));
        server.AssertNothingHalfMade();

        await server.DeleteAsync(id, between, latest, revived);
        Assert.Equal(0, await server.UsedAsync());
    }

    [DependentFact]
    public async Task A_frozen_database_and_a_broken_one_are_restored_by_the_API_also_two_at_once_when_the_server_is_killed()
    {
        var id = await server.CreateAsync("returns", BackedUpServer.FreezingTier);
        var moment = await server.WriteAsync(id, 1);
        var last = await server.WriteAsync(id, 2);
        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
        await server.UntilStatusAsync(id, "frozen");
        var (earlier, later) = (await server.RestoreAsync(id, moment), await server.RestoreAsync(id, last));
        await server.KillAndRestartAsync();
        Assert.Equal("1", await server.RowsAsync(earlier));
        Assert.Equal("1,2", await server.RowsAsync(later));

        await server.SendAsync(HttpMethod.Post, $"/databases/{id}/unfreeze");
        await server.UntilStatusAsync(id, "ready");
        await server.SucceedsAsync(await server.BackUpAsync(id, "incremental"));
        var pgdata = Path.Combine(server.Cluster(id), "pgdata");
        var postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(pgdata, "postmaster.pid")))[0], CultureInfo.InvariantCulture);
        Directory.Delete(Path.Combine(pgdata, "pg_xact"), recursive: true);
        await ServerProcess.KillProcessAsync(postmaster);
        await server.UntilStatusAsync(id, "error");
        var saved = await server.RestoreAsync(id, moment);
        Assert.Equal("1", await server.RowsAsync(saved));
        Assert.Equal("error", BackedUpServer.Status(await server.SendAsync(HttpMethod.Get, $"/databases/{id}")));
        server.AssertNothingHalfMade();
        await server.DeleteAsync(id, earlier, later, saved);
    }

    private static (string Status, string Type) Told(JsonElement backup) => (BackedUpServer.Status(backup), backup.GetProperty("type").GetString()!);
}
