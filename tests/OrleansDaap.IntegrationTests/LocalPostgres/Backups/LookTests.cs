using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>How much it takes to know what backups there are.</summary>
[RequiresLocalPostgres]
public sealed class LookTests
{
    private const int AtOnce = 4;

    [SoakFact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task A_server_that_starts_looks_at_four_databases_at_once()
    {
        using var backRest = new SlowPgBackRest("info");
        await using var installation = new LocalInstallation(backRest.Settings);
        var databases = new List<BackedUpDatabase>();
        for (var number = 0; number < AtOnce + 2; number++) databases.Add(await BackedUpDatabase.CreateAsync(installation));
        foreach (var database in databases) await KnownAsync(database);
        await installation.RestartServerAsync();
        var (before, infos) = (backRest.Log.Count, backRest.Log.Count(line => line == "info"));
        backRest.Hold("info");
        await installation.Backend.StartAsync(default);
        await backRest.SeesAsync("info", infos + AtOnce);
        backRest.Release("info");
        foreach (var database in databases) await KnownAsync(database);

        var (running, most) = (0, 0);
        foreach (var line in backRest.Log.Skip(before))
        {
            running += line switch { "info" => 1, "info ended" => -1, _ => 0 };
            most = Math.Max(most, running);
        }

        Assert.Equal(AtOnce, most);

        Task KnownAsync(BackedUpDatabase database) => installation.Backend.WaitForAsync(database.Id, seen => seen.Backups is { Unknown: null });
    }
}
