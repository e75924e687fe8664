using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using OrleansDaap.Databases;
using OrleansDaap.IntegrationTests.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres;
using OrleansDaap.Server;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>A whole life with a repository on S3.</summary>
[RequiresLocalPostgres, RequiresNode]
[Trait(Soak.Category, Soak.Name)]
public sealed class ArchiveInBucketTests
{
    [SoakFact]
    public async Task An_archive_in_a_bucket_is_proven_restores_and_is_purged_from_it_when_its_retention_ends_also_when_the_server_is_killed_in_a_backup()
    {
        await using var bucket = await S3Server.StartAsync();
        var settings = bucket.Settings.ToDictionary(one => one.Key.Replace(":", "__", StringComparison.Ordinal), one => one.Value!);
        await using var server = new BackedUpServer { Settings = settings };
        var id = await server.CreateAsync("invoices");
        var last = await server.WriteAsync(id, 1);
        var backup = await server.BackUpAsync(id, "full");
        await server.KillWhenAsync(() => server.RunsPgBackRest("backup", id));
        await server.SucceedsAsync(backup);
        Assert.Equal(2, (await server.BackupsAsync(id)).Length);

        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
        var archived = (await server.UntilStatusAsync(id, "archived")).GetProperty("backup");
        Assert.True(archived.GetProperty("drill").GetProperty("proven_restorable_at").GetDateTimeOffset() >= last);
        Assert.False(Directory.Exists(server.Cluster(id)));
        Assert.Equal(3, (await server.BackupsAsync(id)).Length);
        var revived = await server.RestoreAsync(id, archived.GetProperty("latest_restore_at").GetDateTimeOffset());
        Assert.Equal("1", await server.RowsAsync(revived));
        await server.DeleteAsync(revived);
        server.AssertNothingHalfMade();
        Assert.NotEmpty(FilesOf(bucket, id));
        Assert.Empty(FilesOf(bucket, revived));

        await server.StopAsync();
        await EndRetentionAsync(server, settings, id, archived.GetProperty("purge_at").GetDateTimeOffset());
        Assert.Empty(FilesOf(bucket, id));
        Assert.False(Directory.Exists(server.Notes(id)));
    }

    /// <summary>Another server over the same data, in whose time it has ended.</summary>
    private static async Task EndRetentionAsync(BackedUpServer server, Dictionary<string, string> settings, string id, DateTimeOffset end)
    {
        var clock = new ShiftedClock { Ahead = end - TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1) };
        string[] arguments =
        [
            $"--urls=http://127.0.0.1:{server.Data.Ports.NextServerPort()}", $"--Daap:DataDirectory={server.Data.Path}",
            $"--Daap:Local:PortRange={server.Data.Ports.Range}", "--Logging:Console:LogLevel:Default=None",
            .. settings.Select(one => $"--{one.Key.Replace("__", ":", StringComparison.Ordinal)}={one.Value}"),
        ];
        await using var app = DaapServer.Build(arguments, services =>
            services.AddSingleton<TimeProvider>(clock).AddLocalPostgres(new ConfigurationBuilder().AddCommandLine(arguments).Build()));
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        http.DefaultRequestHeaders.Add("X-API-Key", (await File.ReadAllTextAsync(Path.Combine(server.Data.Path, "bootstrap-api-key"))).Trim());
        var database = app.Services.GetRequiredService<IGrainFactory>().GetGrain<IDatabaseGrain>(id);
        await database.ReconcileAsync();
        // One look does not decide, and the second one does after an hour.
        Assert.Equal("archived", await StatusAsync());
        clock.Ahead += TimeSpan.FromHours(1);
        await database.ReconcileAsync();
        await ServerProcess.UntilAsync(async () => await StatusAsync() == "deleted");
        await app.StopAsync();

        async Task<string?> StatusAsync() => JsonDocument.Parse(await http.GetStringAsync($"/databases/{id}")).RootElement.GetProperty("status").GetString();
    }

    private static string[] FilesOf(S3Server bucket, string id) =>
        [.. Directory.EnumerateFiles(bucket.Store, "*", SearchOption.AllDirectories).Where(file => file.Contains(id, StringComparison.Ordinal))];
}
