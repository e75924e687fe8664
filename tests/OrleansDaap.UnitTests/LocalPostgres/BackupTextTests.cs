using Microsoft.Extensions.Configuration;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.LocalPostgres;

public sealed class BackupTextTests
{
    private const string Info = """
        [{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"000000010000000000000006","min":"000000010000000000000001"}],
          "backup":[
            {"annotation":{"request":"bk-1"},"archive":{"start":"000000010000000000000002","stop":"000000010000000000000002"},"error":false,
             "info":{"delta":22992574,"repository":{"delta":2845808,"size":2845808},"size":22992574},"label":"20261121-134516F","timestamp":{"start":1795268716,"stop":1795268722},"type":"full"},
            {"archive":{"start":"000000010000000000000005","stop":"000000010000000000000006"},"error":true,
             "info":{"delta":8458,"repository":{"delta":464,"size":2840432},"size":22992574},"label":"20261121-134558F_20261121-134600I","timestamp":{"start":1795268760,"stop":1795268761},"type":"incr"}],
          "cipher":"aes-256-cbc","db":[{"id":1,"repo-key":1,"system-id":7710620408207628962,"version":"15"}],"name":"db-x",
          "repo":[{"cipher":"aes-256-cbc","key":1,"status":{"code":0,"message":"ok"}}],"status":{"code":0,"message":"ok"}}]
        """;

    [Fact]
    public void What_pgbackrest_knows_of_backups_is_read()
    {
        var info = RepositoryInfo.Parse(Info);

        Assert.True(info.Exists);
        Assert.Equal(("000000010000000000000006", 15), (info.LastWal, info.PostgresMajor));
        var (first, second) = (info.Sets[0].ToBackup(), info.Sets[1].ToBackup());
        Assert.Equal(("bk-1", BackupType.Full, 2845808L, true), (first.Id, first.Type, first.SizeBytes!.Value, first.ChecksumsVerified!.Value));
        // In whole seconds: from the next one on it is over for sure.
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795268723), first.FinishedAt);
        Assert.Equal(("20261121-134558F_20261121-134600I", BackupType.Incremental, false), (second.Id, second.Type, second.ChecksumsVerified!.Value));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_repository_without_backups_is_told_from_one_that_does_not_know_the_database(int code, bool exists)
    {
        var info = RepositoryInfo.Parse("""[{"archive":[],"backup":[],"db":[],"name":"db-x","repo":[{"key":1,"status":{"code":CODE,"message":"…"}}]}]""".Replace("CODE", $"{code}", StringComparison.Ordinal));

        Assert.Equal(exists, info.Exists);
        Assert.Empty(info.Sets);
    }

    [Fact]
    public void A_repository_that_cannot_be_read_fails_with_words_and_without_what_is_no_text()
    {
        var failure = Assert.Throws<ClusterFailureException>(() => RepositoryInfo.Parse(
            """[{"archive":[],"backup":[],"db":[],"name":"db-x","repo":[{"key":1,"status":{"code":99,"message":"[FormatError] unable to load\u0000\u00e9 file"}}]}]"""));

        Assert.Equal("repository-unavailable", failure.Code);
        Assert.EndsWith("[FormatError] unable to load file", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERROR: [095]: unable to load info file '/repo/archive.info' or '/repo/archive.info.copy':\n CryptoError: unable to flush")]
    [InlineData("WARN: repo1: [FormatError] unable to load info file '/repo/backup.info' or '/repo/backup.info.copy':\n FormatError: key/value found outside of section at line 1: x\nERROR: [075]: no backup set found to restore")]
    public void A_repository_that_cannot_be_deciphered_is_about_its_passphrase(string said)
    {
        Assert.Equal("passphrase-wrong", PgBackRestWords.Describe("backup-failed", "The backup failed", new ToolResult(1, "", said)).Code);
        Assert.Equal("passphrase-wrong", PgBackRestWords.Unavailable(said).Code);
    }

    [Theory]
    [InlineData("ERROR: [041]: unable to open file '/repo/x' for write: [13] Permission denied", "repository-unavailable")]
    [InlineData("ERROR: [064]: unable to write '/repo/x': [28] No space left on device", "repository-full")]
    [InlineData("WARN: later\nERROR: [057]: query failed\nHINT: nothing", "backup-failed")]
    public void A_failure_is_about_the_repository_or_about_the_database(string said, string code)
    {
        var failure = PgBackRestWords.Describe("backup-failed", "The backup failed", new ToolResult(1, "", said));

        Assert.Equal(code, failure.Code);
        Assert.Contains("ERROR: [0", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("HINT", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20261221-194131F")]
    [InlineData("20261121-194306F_20261221-194131I")]
    public void A_clock_that_is_behind_the_newest_backup_is_told_of_with_the_moment_from_which_on_backups_go_on(string newest)
    {
        var said = $"ERROR: [106]: new backup label '20261121-194137F' is not later than latest backup label '{newest}'\n HINT: is there clock skew?";
        var failure = PgBackRestWords.Describe("backup-failed", "The backup failed", new ToolResult(106, "", said));

        Assert.Equal("clock-behind-backups", failure.Code);
        var moment = new DateTimeOffset(new DateTime(2026, 12, 21, 19, 41, 31, DateTimeKind.Local));
        Assert.Contains($"{moment.UtcDateTime:O}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_is_exact_to_the_microsecond_and_names_its_zone()
    {
        var target = RecoveryTarget.Time(new DateTimeOffset(2026, 11, 21, 14, 0, 0, TimeSpan.FromHours(1)).AddTicks(1234567));

        Assert.Equal("recovery_target_time = '2026-11-21 13:00:00.123456+00'", target.Setting);
    }

    [Fact]
    public void Turning_archiving_on_restarts()
    {
        var place = new PostgresPlace("/d/c/pgdata", "/d/c/log", "/d/c/tls", "/d/s", 15432, ["127.0.0.1"]);
        var without = PostgresSettings.Conf(place, 1, 1, 1L << 34);
        var with = PostgresSettings.Conf(place, 1, 1, 1L << 34, new Archiving("push \"%p\"", TimeSpan.FromSeconds(30)));

        Assert.Equal(SettingsChange.Restart, PostgresSettings.Compare(without, with));
        Assert.Contains("archive_command = 'push \"%p\"'\narchive_timeout = '30s'\n", with, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_in_the_settings_is_named_by_its_key_and_no_secret_is_shown()
    {
        var options = new BackupOptions();
        options.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Daap:Local:Backup:Repository"] = "s3",
            ["Daap:Local:Backup:Path"] = "relative",
            ["Daap:Local:Backup:ArchiveTimeout"] = "soon",
            ["Daap:Local:Backup:S3:Endpoint"] = "https://s3.example",
            ["Daap:Local:Backup:S3:KeySecret"] = "hidden\nsecret",
            ["Daap:Local:Backup:S3:VerifyTls"] = "maybe",
            ["Daap:Local:Backup:S3:CaFile"] = "/nowhere/ca.pem",
        }).Build());
        var mistakes = new BackupOptionsValidator().Validate(null, options).Failures!.ToList();

        foreach (var key in new[] { "Path", "ArchiveTimeout", "S3:Endpoint", "S3:KeySecret", "S3:VerifyTls", "S3:CaFile", "S3:Bucket", "S3:KeyId" })
            Assert.Contains(mistakes, mistake => mistake.StartsWith($"Daap:Local:Backup:{key}:", StringComparison.Ordinal));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("hidden", StringComparison.Ordinal));
        Assert.True(new BackupOptionsValidator().Validate(null, new BackupOptions()).Succeeded);
    }
}
