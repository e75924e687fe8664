using Npgsql;
using OrleansDaap.Drills;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres]
public sealed class SamplerTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_sample_waits_for_nobody_who_writes_or_alters()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.Database.AskAsync("CREATE TABLE calm AS SELECT 1; CREATE TABLE written (n int); CREATE TABLE altered (n int); CREATE TABLE gone (n int); CREATE SEQUENCE s; CREATE SEQUENCE t");
        await using var user = await PlatformConnection.OpenAsync(database.Place, default, "app");
        await ExecuteAsync(user, "BEGIN; SET search_path = public; INSERT INTO written VALUES (1); ALTER TABLE altered ADD m int; DROP TABLE gone; DROP SEQUENCE s; ALTER SEQUENCE t INCREMENT 2");

        var sample = (await Sampler.TakeAsync(Into(database.Place), Points.Named, default)).Databases.Single(one => one.Name == "app");
        Assert.Equal(["public.calm"], sample.Tables.Keys.Select(table => table.Name));
        Assert.Equal(["public.t"], sample.Sequences.Keys);
        Assert.Equal(4, sample.Busy);

        // And it locks nothing that nobody altered.
        await ExecuteAsync(user, "ROLLBACK");
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task Whoever_alters_a_table_waits_for_the_point_only_and_the_table_is_left_out()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        var names = new[] { "emptied", "widened", "renamed", "rewritten", "grown" };
        foreach (var name in names) await database.Database.AskAsync($"CREATE TABLE {name} AS SELECT n FROM generate_series(1, 10) n");
        await using var sampler = await DatabaseSampler.OpenAsync(Into(database.Place), "app", default);
        await sampler.LockAsync(default);
        await using var user = await PlatformConnection.OpenAsync(database.Place, default, "app");
        var emptied = ExecuteAsync(user, "SET search_path = public; TRUNCATE emptied");
        await UntilWaitingAsync(database, user.ProcessID);
        await sampler.MarkAsync(Points.Named, default);
        await sampler.UnlockAsync(default);

        // None of these has anybody to wait for, though nothing is read yet.
        await emptied;
        await ExecuteAsync(user, "ALTER TABLE widened ADD m int; ALTER TABLE renamed RENAME TO other; VACUUM FULL rewritten");
        await ExecuteAsync(user, "INSERT INTO grown SELECT n FROM generate_series(1, 10) n");
        await sampler.LookAgainAsync(default);
        var sample = await sampler.ReadAsync(default);
        var (table, sum) = Assert.Single(sample.Tables);
        Assert.Equal(("public.grown", 10), (table.Name, sum.Rows));
        Assert.Equal(4, sample.Busy);
        await database.Database.DestroyAsync();
    }

    private static OpenDatabase Into(PostgresPlace place) => (name, cancellationToken) => PlatformConnection.OpenAsync(place, cancellationToken, name);

    private static async Task UntilWaitingAsync(BackedUpDatabase database, int process)
    {
        while (await database.Database.AskAsync($"SELECT count(*) FROM pg_locks WHERE pid = {process} AND NOT granted") != "1") await Task.Yield();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements)
    {
        foreach (var statement in statements.Split("; "))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
