using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>The server dies at each write of a move in turn, before it and after it; whatever was accepted is finished, and no quota place is lost or doubled.</summary>
public sealed class TierMoveCrashTests
{
    /// <summary>A move is six writes; a few more do no harm.</summary>
    private const int Writes = 8;

    public static TheoryData<string, int, bool> Crashes()
    {
        var data = new TheoryData<string, int, bool>();
        foreach (var target in new[] { "large", "dev" })
        {
            for (var write = 1; write <= Writes; write++)
            {
                data.Add(target, write, false);
                data.Add(target, write, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task A_crash_at_any_write_of_a_move_leaves_the_quotas_right(string target, int write, bool after)
    {
        await using var silo = await DatabaseSilo.StartAsync();
        await silo.AddTierAsync("large", spec => spec with { CpuCores = 4 });
        await silo.CreateReadyAsync();
        await silo.ReviseTierAsync("dev", spec => spec with { CpuCores = 2, MemoryGib = 0.5m });

        var writes = 0;
        Task Dies(bool isAfter)
        {
            var dead = isAfter ? writes >= write : ++writes >= write;
            return dead && isAfter == after || writes > write ? throw new StoreUnavailableException("The server is dead.", null) : Task.CompletedTask;
        }

        silo.Silo.Storage.Before = (operation, _) => operation == StorageOperation.Write ? Dies(isAfter: false) : Task.CompletedTask;
        silo.Silo.Storage.After = () => Dies(isAfter: true);
        silo.Ledger.BeforeWrite = () => Dies(isAfter: false);
        silo.Ledger.AfterWrite = () => Dies(isAfter: true);
        await Record.ExceptionAsync(async () =>
        {
            await silo.Database.MoveAsync(target);
            await silo.ReconcileAsync();
        });

        silo.Silo.Crash();
        (silo.Silo.Storage.Before, silo.Silo.Storage.After, silo.Ledger.BeforeWrite, silo.Ledger.AfterWrite) = (null, null, null, null);
        await silo.Silo.StartAsync();
        var state = await silo.ReconcileAsync();
        await SweepAsync(silo, state);

        Assert.Equal((DatabaseStatus.Ready, true), (state.Status, state.Settled));
        foreach (var tier in new[] { "dev", "large" })
        {
            Assert.Equal(tier == state.Tier.Id ? state.Cost : ResourceAmounts.Zero, await silo.UsedAsync(tier));
        }

        // And it can still be moved to where it was to go.
        await silo.Database.MoveAsync(target);
        Assert.Equal(target, (await silo.ReconcileAsync()).Tier.Id);
    }

    /// <summary>What the ledger's list of strays is for one database; the list itself is tested over PostgreSQL.</summary>
    private static async Task SweepAsync(DatabaseSilo silo, DatabaseState state)
    {
        foreach (var tier in new[] { "dev", "large" })
        {
            var due = tier == state.Tier.Id ? state.Cost! : ResourceAmounts.Zero;
            if ((await silo.Ledger.ReadAsync(tier)).Reservations is [var held] && held.Cost != due)
            {
                Assert.Empty(state.MovingFrom);
                var swept = new TaskCompletionSource();
                silo.Ledger.Strays.Clear();
                silo.Ledger.Strays.Add(new Reservation(DatabaseSilo.Id, due));
                silo.Ledger.StraysOf = tier;
                silo.Ledger.AfterWrite = () =>
                {
                    swept.TrySetResult();
                    return Task.CompletedTask;
                };
                silo.Silo.Clock.Advance(TimeSpan.FromMinutes(10));
                await swept.Task;
                silo.Ledger.Strays.Clear();
            }
        }
    }
}
