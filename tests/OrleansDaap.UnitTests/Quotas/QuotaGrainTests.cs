using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using OrleansDaap.UnitTests.Databases;
using Xunit;

namespace OrleansDaap.UnitTests.Quotas;

public sealed class QuotaGrainTests : IAsyncLifetime
{
    private static readonly ResourceAmounts One = new(1, 2, 10, 1);
    private readonly InMemoryQuotaLedger _ledger = new();
    private readonly TestSilo _silo;

    public QuotaGrainTests() => _silo = new TestSilo(typeof(QuotaGrain)) { StorageName = "platform" }
        .With(silo => silo.AddReminders().Services.AddSingleton<IQuotaLedger>(_ledger));

    private IQuotaGrain Quota => _silo.Grain<IQuotaGrain>("dev");

    public Task InitializeAsync() => _silo.StartAsync();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Many_racing_for_the_last_places_get_exactly_those()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { Databases = 5 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => TryReserveAsync(Id(number))));

        Assert.Equal(5, outcomes.Count(taken => taken));
        Assert.Equal(5, (await Quota.GetAsync()).Used.Databases);
        Assert.Equal(5, (await _ledger.ReadAsync("dev")).Reservations.Count);
    }

    [Fact]
    public async Task Of_many_that_read_the_same_limits_one_changes_them()
    {
        var read = new IfMatch([(await Quota.GetAsync()).ETag!]);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            try
            {
                await Quota.SetLimitsAsync(new QuotaLimits { Databases = number }, read);
                return "set";
            }
            catch (ProblemException problem)
            {
                return problem.Code.ToString();
            }
        }));

        Assert.Equal(["PreconditionFailed", "set"], outcomes.Distinct().Order(StringComparer.Ordinal));
        Assert.Single(outcomes, "set");
        Assert.NotEqual(read.Versions[0], (await Quota.GetAsync()).ETag);
    }

    [Fact]
    public async Task Limits_hold_and_are_told_of_once_they_are_stored()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { Databases = 1 });
        await Quota.ReserveAsync(Id(1), One);
        var before = await Quota.GetAsync();
        var (writing, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _silo.Storage.Before = (operation, _) =>
        {
            writing.TrySetResult();
            return operation == StorageOperation.Write ? release.Task : Task.CompletedTask;
        };

        var set = Quota.SetLimitsAsync(new QuotaLimits { Databases = 2 }, entry: Samples.Entry);
        await writing.Task;
        Assert.Equal(before, await Quota.GetAsync());
        Assert.False(await TryReserveAsync(Id(2)));

        release.SetResult();
        Assert.Equal((2, Samples.Entry), ((await set).Limits.Databases, (await set).Audit));
        Assert.Equal((2, null), ((await Quota.GetAsync()).Limits.Databases, (await Quota.GetAsync()).Audit));
        Assert.Equal([Samples.Entry], _silo.Storage.Entries);
        Assert.True(await TryReserveAsync(Id(2)));
    }

    [Fact]
    public async Task Callers_that_arrive_during_a_write_share_the_next()
    {
        var writing = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _ledger.BeforeWrite = () =>
        {
            writing.TrySetResult();
            return release.Task;
        };

        var first = Quota.ReserveAsync(Id(0), One);
        await writing.Task;
        var others = Enumerable.Range(1, 30).Select(number => Quota.ReserveAsync(Id(number), One)).ToArray();

        // The grain has taken them in once it answers this, for it takes calls in order; and it tells of no place that is not stored.
        Assert.Equal(0, (await Quota.GetAsync()).Used.Databases);
        Assert.DoesNotContain(others, other => other.IsCompleted);
        release.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(31, (await Quota.GetAsync()).Used.Databases);
        Assert.Equal(2, _ledger.Writes);
    }

    [Fact]
    public async Task Reserving_again_takes_no_second_place()
    {
        await Quota.ReserveAsync(Id(1), One);
        await Quota.ReserveAsync(Id(1), One);

        Assert.Equal(One, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task A_refusal_names_the_tier_and_every_dimension_that_is_over()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { CpuCores = 0.5m, StorageGib = 5 });

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => Quota.ReserveAsync(Id(1), One));

        Assert.Equal((ProblemCode.QuotaExceeded, "dev"), (refusal.Code, refusal.Tier));
        Assert.Equal(["cpu_cores", "storage_gib"], refusal.Violations!.Select(violation => violation.Resource));
    }

    [Fact]
    public async Task A_released_place_can_be_taken_again()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { Databases = 1 });
        await Quota.ReserveAsync(Id(1), One);
        Assert.False(await TryReserveAsync(Id(2)));

        await Quota.ReleaseAsync(Id(1));

        Assert.True(await TryReserveAsync(Id(2)));
    }

    [Fact]
    public async Task What_is_used_survives_a_crash()
    {
        await Quota.ReserveAsync(Id(1), One);
        _silo.Crash();
        await _silo.StartAsync();

        Assert.Equal(One, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task A_write_that_fails_refuses_its_callers_and_the_grain_reads_the_ledger_anew()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { Databases = 1 });
        _ledger.BeforeWrite = () => throw new StoreUnavailableException("The store is away.", null);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Quota.ReserveAsync(Id(1), One));
        _ledger.BeforeWrite = null;

        Assert.True(await TryReserveAsync(Id(2)));
        Assert.Equal([Id(2)], (await _ledger.ReadAsync("dev")).Reservations.Select(one => one.DatabaseId));
    }

    [Fact]
    public async Task Limits_below_what_is_used_refuse_only_the_next()
    {
        await Quota.ReserveAsync(Id(1), One);
        await Quota.ReserveAsync(Id(2), One);

        var quota = await Quota.SetLimitsAsync(new QuotaLimits { Databases = 1 });

        Assert.Equal(2, quota.Used.Databases);
        Assert.False(await TryReserveAsync(Id(3)));
    }

    [Fact]
    public async Task A_place_whose_database_never_came_to_be_is_given_back_by_the_reminder()
    {
        await Quota.ReserveAsync(Id(1), One);
        _ledger.Strays.Add(new Reservation(Id(1), ResourceAmounts.Zero));
        var released = new TaskCompletionSource();
        _ledger.BeforeWrite = () =>
        {
            released.TrySetResult();
            return Task.CompletedTask;
        };

        _silo.Clock.Advance(TimeSpan.FromMinutes(10));
        await released.Task;

        // Returns once what was decided before is stored.
        await Quota.ReleaseAsync(Id(1));
        Assert.Equal(ResourceAmounts.Zero, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task A_stray_reservation_is_put_right_by_the_reminder_whatever_the_limits()
    {
        await Quota.ReserveAsync(Id(1), One);
        await Quota.SetLimitsAsync(new QuotaLimits { Databases = 0, CpuCores = 0 });
        var due = new ResourceAmounts(2, 1, 10, 1);
        _ledger.Strays.Add(new Reservation(Id(1), due));
        var written = new TaskCompletionSource();
        _ledger.AfterWrite = () =>
        {
            written.TrySetResult();
            return Task.CompletedTask;
        };

        _silo.Clock.Advance(TimeSpan.FromMinutes(10));
        await written.Task;

        Assert.Equal(due, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task A_place_that_is_reserved_while_the_sweep_looks_is_not_taken_away_by_it()
    {
        await Quota.ReserveAsync(Id(1), One);
        await Quota.ReserveAsync(Id(2), One);
        foreach (var number in new[] { 1, 2 })
        {
            _ledger.Strays.Add(new Reservation(Id(number), ResourceAmounts.Zero));
        }

        var listing = new TaskCompletionSource();
        var listed = new TaskCompletionSource();
        _ledger.BeforeList = () =>
        {
            listing.TrySetResult();
            return listed.Task;
        };
        _silo.Clock.Advance(TimeSpan.FromMinutes(10));
        await listing.Task;
        await Quota.ExtendAsync(Id(1), One);
        var swept = new TaskCompletionSource();
        _ledger.AfterWrite = () =>
        {
            swept.TrySetResult();
            return Task.CompletedTask;
        };
        listed.SetResult();
        await swept.Task;

        Assert.Equal([Id(1)], (await _ledger.ReadAsync("dev")).Reservations.Select(one => one.DatabaseId));
        Assert.Equal(One, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task Reserving_again_is_written_again_so_that_the_sweep_sees_it_is_young()
    {
        await Quota.ReserveAsync(Id(1), One);
        var writes = _ledger.Writes;
        await Quota.ExtendAsync(Id(1), One);

        Assert.Equal(writes + 1, _ledger.Writes);
    }

    [Fact]
    public async Task What_extends_a_place_shrinks_it_nowhere_and_is_refused_by_the_difference()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { CpuCores = 3 });
        await Quota.ReserveAsync(Id(1), One);
        await Quota.ExtendAsync(Id(1), new ResourceAmounts(3, 1, 5, 1));
        Assert.Equal(new ResourceAmounts(3, 2, 10, 1), (await Quota.GetAsync()).Used);

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => Quota.ExtendAsync(Id(1), new ResourceAmounts(4, 1, 5, 1)));

        Assert.Equal([new QuotaViolation("cpu_cores", 1, 3, 3)], refusal.Violations);
        Assert.Equal(new ResourceAmounts(3, 2, 10, 1), (await Quota.GetAsync()).Used);
    }

    private static DatabaseId Id(int number) => new($"db-{number:d26}");

    private async Task<bool> TryReserveAsync(DatabaseId database)
    {
        try
        {
            await Quota.ReserveAsync(database, One);
            return true;
        }
        catch (ProblemException problem) when (problem.Code == ProblemCode.QuotaExceeded)
        {
            return false;
        }
    }
}
