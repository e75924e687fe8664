using System.Threading.Channels;
using Orleans.Hosting;
using Orleans.Runtime;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class ReminderTests : SiloFixture
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Channel<(string Name, DateTimeOffset At)> _ticks = Channel.CreateUnbounded<(string, DateTimeOffset)>();

    public ReminderTests() => Stage.OnTick = (name, _) => NoteTick(name);

    private DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_reminder_ticks_when_due_and_every_period_after()
    {
        await Probe("a").RemindAsync("r", 2 * Minute, 5 * Minute);
        foreach (var at in new[] { 2, 7, 12 })
        {
            await AdvanceTo(at * Minute);
            Assert.Equal(("r", Start + (at * Minute)), await NextTick());
        }
    }

    [Fact]
    public async Task A_reminder_survives_a_crash_and_ticks_on_schedule_with_missed_ticks_left_out()
    {
        await Probe("a").RemindAsync("r", 2 * Minute, 5 * Minute);
        Silo.Crash();
        Clock.Advance(13 * Minute);
        await Silo.StartAsync();
        await Interleaved();
        Assert.False(_ticks.Reader.TryPeek(out _));
        await AdvanceTo(17 * Minute);
        Assert.Equal(("r", Start + (17 * Minute)), await NextTick());
    }

    [Fact]
    public async Task A_reminder_wakes_a_grain_that_sleeps()
    {
        await Probe("a").RemindAsync("r", 60 * Minute, 60 * Minute);
        await AdvanceTo(30 * Minute);
        await Stage.Reached("deactivated a 1 ActivationIdle");
        await AdvanceTo(60 * Minute);
        await NextTick();
        Assert.Contains("activated a 2", Stage.Log);
    }

    [Fact]
    public async Task Ticks_of_one_reminder_do_not_overlap_and_those_it_missed_are_left_out()
    {
        Stage.OnTick = async (name, _) =>
        {
            await NoteTick(name);
            await Stage.ArriveAsync("tick", CancellationToken.None);
        };
        await Probe("a").RemindAsync("r", Minute, Minute);
        await AdvanceTo(Minute);
        await NextTick();

        // Half a minute in, the tick's call has timed out; the grain is still at it.
        await AdvanceTo((5 * Minute) + (Minute / 2), ticks: true);
        Stage.Open("tick");
        await Probe("a").InstanceAsync();
        Assert.False(_ticks.Reader.TryPeek(out _));
        await AdvanceTo(6 * Minute);
        await NextTickAt(6);
    }

    [Fact]
    public async Task A_failed_tick_is_followed_by_the_next()
    {
        Stage.OnTick = async (name, _) =>
        {
            await NoteTick(name);
            throw new FormatException("tick");
        };
        await Probe("a").RemindAsync("r", Minute, Minute);
        await AdvanceUntil(NextTick(), Minute);
        await AdvanceUntil(NextTick(), Minute);
    }

    [Fact]
    public async Task A_changed_reminder_ticks_by_its_new_schedule_only()
    {
        await Probe("a").RemindAsync("r", Minute, Minute);
        await Probe("a").RemindAsync("r", 10 * Minute, 10 * Minute);
        await AdvanceTo(10 * Minute);
        Assert.Equal(("r", Start + (10 * Minute)), await NextTick());
        Assert.Equal(["reminder a r 00:10:00"], Stage.Log.Where(line => line.StartsWith("reminder", StringComparison.Ordinal)));
        Assert.Equal(1, Silo.Reminders.Count);
    }

    [Fact]
    public async Task An_unregistered_reminder_ticks_no_more()
    {
        await Probe("a").RemindAsync("r", Minute, Minute);
        Assert.True(await Probe("a").ForgetAsync("r"));
        Assert.False(await Probe("a").ForgetAsync("r"));
        await Probe("a").RemindAsync("other", 5 * Minute, 5 * Minute);
        await AdvanceTo(5 * Minute);
        Assert.Equal("other", (await NextTick()).Name);
        Assert.Equal(1, Silo.Reminders.Count);
    }

    [Fact]
    public async Task Many_due_at_once_are_delivered_few_at_a_time()
    {
        var (running, most) = (0, 0);
        Stage.OnTick = async (name, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Stage.ArriveAsync("all", CancellationToken.None);
            Interlocked.Decrement(ref running);
            await NoteTick(name);
        };
        for (var i = 0; i < 500; i++)
        {
            await Probe("g" + i).RemindAsync("r" + i, Minute, 60 * Minute);
        }

        Silo.Crash();
        await Silo.StartAsync();
        await AdvanceTo(Minute);
        await Grains.Stage.Until(() => Volatile.Read(ref running) >= 64);
        for (var i = 0; i < 500; i++)
        {
            // By then all that were sent have started.
            await Interleaved();
        }

        Stage.Open("all");
        for (var i = 0; i < 500; i++)
        {
            await NextTick();
        }

        Assert.Equal(64, most);
    }

    [Fact]
    public async Task A_period_under_the_minimum_and_a_name_too_long_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Probe("a").RemindAsync("r", Minute, Minute / 2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Probe("a").RemindAsync(new string('r', 151), Minute, Minute));
        await Silo.StopAsync();
        Silo.With(silo => silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(1)));
        await Silo.StartAsync();
        await Probe("a").RemindAsync("r", Minute, Minute / 2);
    }

    [Fact]
    public async Task A_reminder_of_a_grain_that_no_longer_exists_is_left_alone()
    {
        await Silo.Reminders.UpsertRow(new() { GrainId = GrainId.Create("gone", "a"), ReminderName = "r", StartAt = Start.UtcDateTime, Period = Minute });
        await Silo.RestartAsync();
        await AdvanceTo(5 * Minute, ticks: true);
        Assert.Equal(0, Silo.Tenure!.Reminders!.Upcoming);
        Assert.Equal(1, Silo.Reminders.Count);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private async Task NoteTick(string name) => await _ticks.Writer.WriteAsync((name, Clock.GetUtcNow()));

    private Task<(string Name, DateTimeOffset At)> NextTick() => _ticks.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private async Task NextTickAt(int minute) => Assert.Equal(Start + (minute * Minute), (await NextTick()).At);

    /// <summary>Moves the clock once the reminder sleeps: its next tick is chosen only when the last has ended.</summary>
    private async Task AdvanceTo(TimeSpan time, bool ticks = false)
    {
        await Grains.Stage.Until(() => ticks || Silo.Tenure!.Reminders!.Upcoming >= Silo.Reminders.Count);
        Clock.Advance(Start + time - Clock.GetUtcNow());
    }

    private async Task Interleaved() => await Probe("other").InstanceAsync();
}
