using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class SlowRecoveryTests
{
    [DependentFact]
    public async Task Databases_that_start_slowly_keep_no_other_from_being_made()
    {
        var binaries = Directory.CreateTempSubdirectory("daap-bin-").FullName;
        var slow = Path.Combine(binaries, "slow");
        File.SetUnixFileMode(binaries, FileModes.PassableDirectory);
        try
        {
            foreach (var tool in Directory.EnumerateFiles("/usr/lib/postgresql/15/bin")) File.CreateSymbolicLink(Path.Combine(binaries, Path.GetFileName(tool)), tool);
            var start = Path.Combine(binaries, "pg_ctl");
            File.Delete(start);
            await File.WriteAllTextAsync(start, $"#!/bin/sh\nfor id in $(cat {slow}); do case \"$*\" in *$id*) while [ -e {slow} ]; do sleep 0.2; done;; esac; done\nexec /usr/lib/postgresql/15/bin/pg_ctl \"$@\"\n");
            File.SetUnixFileMode(start, FileModes.PassableDirectory | FileModes.PublicFile);
            await using var installation = new LocalInstallation(new Dictionary<string, string?> { ["Daap:Local:PostgresInstallations:0"] = binaries });
            var waiting = Enumerable.Range(0, 4).Select(_ => TestDatabase.New(installation)).ToList();
            await File.WriteAllLinesAsync(slow, waiting.Select(database => database.Id.Value));
            File.SetUnixFileMode(slow, FileModes.PublicFile);
            foreach (var database in waiting) await installation.Backend.ApplyAsync(database.Spec, default);

            await TestDatabase.New(installation).ReadyAsync();

            foreach (var database in waiting) Assert.Equal(ClusterPhase.Progressing, (await installation.Backend.ObserveAsync(database.Id, default)).Phase);

            // Or the installation would wait for them to the end of their patience.
            File.Delete(slow);
            foreach (var database in waiting) await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Ready);
        }
        finally
        {
            Directory.Delete(binaries, recursive: true);
        }
    }
}
