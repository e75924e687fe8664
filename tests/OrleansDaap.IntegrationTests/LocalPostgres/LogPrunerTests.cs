using OrleansDaap.LocalPostgres.Files;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

public sealed class LogPrunerTests
{
    [Fact]
    public void The_oldest_logs_go_first_and_other_files_stay()
    {
        var directory = Directory.CreateTempSubdirectory("daap-logs-").FullName;
        try
        {
            foreach (var (name, age) in new[] { ("postgresql-Mon-0000.log", 3), ("postgresql-Tue-0000.log", 2), ("postgresql-Wed-0000.log", 1), ("pgbouncer.log", 9) })
            {
                var file = Path.Combine(directory, name);
                File.WriteAllBytes(file, new byte[40]);
                File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(100 - age));
            }

            LogPruner.Prune(directory, mostBytes: 100);

            Assert.Equal(["pgbouncer.log", "postgresql-Tue-0000.log", "postgresql-Wed-0000.log"], Directory.EnumerateFiles(directory).Select(file => Path.GetFileName(file)).Order());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
