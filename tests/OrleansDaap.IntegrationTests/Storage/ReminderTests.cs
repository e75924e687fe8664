using Orleans;
using Orleans.Runtime;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class ReminderTests(PostgresFixture postgres) : StorageTest(postgres)
{
    public static ReminderEntry Entry(string key, string name) => new()
    {
        GrainId = GrainId.Create("database", key),
        ReminderName = name,
        StartAt = Samples.Noon.UtcDateTime,
        Period = TimeSpan.FromMinutes(5),
    };

    [PostgresFact]
    public async Task A_reminder_is_read_as_it_was_written()
    {
        var etag = await Store.Reminders.UpsertRow(Entry("a", "reconcile"));

        var read = await Store.Reminders.ReadRow(GrainId.Create("database", "a"), "reconcile");

        Assert.Equal(
            (GrainId.Create("database", "a"), "reconcile", Samples.Noon.UtcDateTime, TimeSpan.FromMinutes(5), etag),
            (read!.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
    }

    [PostgresFact]
    public async Task Writing_a_reminder_again_replaces_it_under_a_new_etag()
    {
        var first = await Store.Reminders.UpsertRow(Entry("a", "reconcile"));
        var later = Entry("a", "reconcile");
        later.Period = TimeSpan.FromHours(1);

        var second = await Store.Reminders.UpsertRow(later);

        Assert.NotEqual(first, second);
        var only = Assert.Single((await Store.Reminders.ReadRows(0, 0)).Reminders);
        Assert.Equal((TimeSpan.FromHours(1), second), (only.Period, only.ETag));
    }

    [PostgresFact]
    public async Task A_grains_reminders_and_all_reminders_can_be_read()
    {
        await Task.WhenAll(new[] { Entry("a", "x"), Entry("a", "y"), Entry("b", "x") }.Select(Store.Reminders.UpsertRow));
        Assert.Equal(2, (await Store.Reminders.ReadRows(GrainId.Create("database", "a"))).Reminders.Count);
        Assert.Equal(3, (await Store.Reminders.ReadRows(0, 0)).Reminders.Count);
        Assert.Null(await Store.Reminders.ReadRow(GrainId.Create("database", "c"), "x"));
    }

    [PostgresFact]
    public async Task A_reminder_is_only_removed_under_its_etag()
    {
        var etag = await Store.Reminders.UpsertRow(Entry("a", "x"));
        Assert.False(await Store.Reminders.RemoveRow(GrainId.Create("database", "a"), "x", "999999"));
        Assert.False(await Store.Reminders.RemoveRow(GrainId.Create("database", "a"), "x", "none"));
        Assert.True(await Store.Reminders.RemoveRow(GrainId.Create("database", "a"), "x", etag));
        Assert.False(await Store.Reminders.RemoveRow(GrainId.Create("database", "a"), "x", etag));
    }
}
