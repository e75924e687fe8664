using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class LocalPostgresHealthTests
{
    [DependentFact]
    public async Task Many_checks_at_once_are_in_nobodys_way()
    {
        await using var installation = new LocalInstallation();
        await installation.Backend.CheckAsync(default);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => installation.Backend.CheckAsync(default))));
        Assert.False(File.Exists(Path.Combine(installation.DataDirectory, "probe")));
    }

    [DependentFact]
    public async Task A_program_on_path_that_is_no_postgres_hides_no_real_one()
    {
        var stray = Directory.CreateTempSubdirectory("daap-stray-").FullName;
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            File.SetUnixFileMode(stray, FileModes.PassableDirectory);
            // Not even a program: starting it throws.
            foreach (var tool in new[] { "postgres", "initdb", "pg_ctl" }) await File.WriteAllBytesAsync(Path.Combine(stray, tool), [0x7f, 0x45, 0x4c, 0x46]);
            Environment.SetEnvironmentVariable("PATH", stray + ":" + path);
            await using var installation = new LocalInstallation();

            Assert.NotEmpty(await installation.Backend.ListPostgresVersionsAsync(default));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Directory.Delete(stray, recursive: true);
        }
    }

    [DependentFact]
    public async Task A_postgres_that_failed_is_asked_again()
    {
        var binaries = Directory.CreateTempSubdirectory("daap-bin-").FullName;
        File.SetUnixFileMode(binaries, FileModes.PassableDirectory);
        try
        {
            foreach (var tool in new[] { "postgres", "initdb", "pg_ctl" })
            {
                var file = Path.Combine(binaries, tool);
                await File.WriteAllTextAsync(file, $"#!/bin/sh\n[ -e {binaries}/mended ] || exit 1\necho 'postgres (PostgreSQL) 15.3'\n");
                File.SetUnixFileMode(file, FileModes.PassableDirectory | FileModes.PublicFile);
            }

            await using var installation = new LocalInstallation(new Dictionary<string, string?> { ["Daap:Local:PostgresInstallations:0"] = binaries });
            var installations = installation.Services.GetRequiredService<PostgresInstallations>();
            Assert.Empty(await installations.ListAsync(default));
            await File.WriteAllTextAsync(Path.Combine(binaries, "mended"), "");

            Assert.Equal([15], (await installations.ListAsync(default)).Select(found => found.Major));
        }
        finally
        {
            Directory.Delete(binaries, recursive: true);
        }
    }
}
