using System.Diagnostics;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>Gets servers into trouble, mostly the active one, each time until changes are made again.</summary>
internal sealed class Troubles(ReplicaSet servers, TestPostgres postgres, Pulse pulse, Random random, Action<string> tell)
{
    private static readonly int ChangesBetween = Soak.Of(5, 20);
    private static readonly TimeSpan LongForm = TimeSpan.FromSeconds(300);

    public Task MakeAsync() => Soak.IsOn ? MakeManyAsync() : MakeFewAsync();

    private async Task MakeFewAsync()
    {
        await MakeAsync("killed", KillAsync);
        await RestartPostgresAsync();
        await MakeAsync("frozen", FreezeAsync);
    }

    private async Task MakeManyAsync()
    {
        (string Name, Func<Replica, bool, Task> Make)[] kinds =
            [("killed", KillAsync), ("stopped", StopAsync), ("frozen", FreezeAsync), ("cut off", CutOffAsync), ("disconnected", DisconnectAsync)];
        var begun = Stopwatch.GetTimestamp();
        for (var restarts = 0; Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < LongForm;)
        {
            if (restarts < 2 && elapsed > LongForm * (restarts + 1) / 3)
            {
                restarts++;
                await RestartPostgresAsync();
            }

            var (name, make) = kinds[random.Next(kinds.Length)];
            await MakeAsync(name, make);
        }
    }

    private async Task MakeAsync(string name, Func<Replica, bool, Task> make)
    {
        await pulse.UntilMoreAsync(ChangesBetween);
        var active = await servers.FindActiveAsync();
        var one = !Soak.IsOn || random.Next(4) > 0 ? active : servers.All[random.Next(servers.All.Count)];
        tell($"{(one == active ? "the active one" : "a standby")} is {name}");
        await make(one, one == active);
    }

    private async Task RestartPostgresAsync()
    {
        await pulse.UntilMoreAsync(ChangesBetween);
        tell("PostgreSQL is killed and started again");
        await postgres.KillAsync();
        await postgres.RestartAsync();
    }

    private async Task KillAsync(Replica one, bool isActive)
    {
        await one.KillAsync();
        await pulse.UntilMoreAsync(ChangesBetween);
        await one.StartAsync();
    }

    private async Task StopAsync(Replica one, bool isActive)
    {
        await one.StopAsync();
        await one.StartAsync();
    }

    private async Task FreezeAsync(Replica one, bool isActive)
    {
        one.Freeze();
        await UntilOthersWorkAsync(one, isActive);
        one.Thaw();
    }

    private async Task CutOffAsync(Replica one, bool isActive)
    {
        one.Line.Cut();
        await UntilOthersWorkAsync(one, isActive);
        one.Line.Mend();
    }

    private async Task DisconnectAsync(Replica one, bool isActive)
    {
        if (isActive)
            await servers.EndLeaseSessionAsync();
    }

    private async Task UntilOthersWorkAsync(Replica one, bool isActive)
    {
        if (isActive)
            await ServerProcess.UntilAsync(async () => await servers.FindActiveAsync() != one);
        await pulse.UntilMoreAsync(ChangesBetween);
    }
}
