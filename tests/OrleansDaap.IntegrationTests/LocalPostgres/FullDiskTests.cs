using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>A data directory on a small disk of its own.</summary>
[RequiresLocalPostgres, RequiresMount]
public sealed class FullDiskTests
{
    [DependentFact]
    public async Task A_full_disk_fails_the_database_and_freeing_space_heals_it()
    {
        var disk = Directory.CreateTempSubdirectory("daap-disk-").FullName;
        Assert.Null(RequiresMountAttribute.Run("mount", "-t", "tmpfs", "-o", "size=600m,mode=0755", "daap-test", disk));
        try
        {
            await using var installation = new LocalInstallation(null, disk);
            var other = await TestDatabase.CreateAsync(installation);
            // The first connection to a new database writes a cache file; later ones need no space.
            await other.AskAsync("SELECT 1");
            var filler = Path.Combine(disk, "filler");
            await FillAsync(filler);
            var database = TestDatabase.New(installation);

            var failed = await database.FailsAsync();
            Assert.Equal("disk-full", failed.Reason?.Code);
            Assert.Equal("1", await other.AskAsync("SELECT 1"));
            File.Delete(filler);
            await database.ReadyAsync();
        }
        finally
        {
            Assert.Null(RequiresMountAttribute.Run("umount", disk));
            Directory.Delete(disk);
        }
    }

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) await file.WriteAsync(new byte[64 * 1024]);
        }
        catch (IOException)
        {
            // It is full.
        }
    }
}
