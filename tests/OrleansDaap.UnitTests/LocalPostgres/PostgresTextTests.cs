using OrleansDaap.LocalPostgres.Postgres;
using Xunit;

namespace OrleansDaap.UnitTests.LocalPostgres;

public sealed class PostgresTextTests
{
    private const long Gib = 1024L * 1024 * 1024;

    [Theory]
    [InlineData("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15, "15.18")]
    [InlineData("postgres (PostgreSQL) 17.2\n", 17, "17.2")]
    public void A_version_is_read_as_postgres_prints_it(string output, int major, string version) =>
        Assert.Equal(new PostgresInstallation(major, version, "/bin"), PostgresInstallations.Parse(output, "/bin"));

    [Theory]
    [InlineData("postgres (PostgreSQL) 18beta1\n")]
    [InlineData("")]
    public void A_beta_is_no_installation(string output) => Assert.Null(PostgresInstallations.Parse(output, "/bin"));

    [Fact]
    public void A_pid_file_is_ready_only_when_its_eighth_line_says_so()
    {
        string[] lines = ["4711", "/data", "1700000000", "15432", "/sockets", "127.0.0.1", "  1 2", "ready   "];

        Assert.Equal(new PostmasterPidFile(4711, true), PostmasterPidFile.Parse(lines));
        Assert.Equal(new PostmasterPidFile(4711, false), PostmasterPidFile.Parse(lines[..7]));
        Assert.Null(PostmasterPidFile.Parse([]));
        Assert.Null(PostmasterPidFile.Parse(["-1"]));
        Assert.Null(PostmasterPidFile.Parse(["1"]));
    }

    [Theory]
    [InlineData(0.1, 16, 32)]
    [InlineData(1, 16, 256)]
    [InlineData(8, 16, 512)]
    [InlineData(8, 1024, 2048)]
    public void Buffers_are_a_quarter_of_the_declared_memory_within_the_machines_share(double memoryGib, long machineGib, int mib) =>
        Assert.Equal(mib, PostgresSettings.BufferMib((decimal)memoryGib, machineGib * Gib));

    [Fact]
    public void Tcp_is_open_over_tls_only_and_never_to_the_platforms_role()
    {
        var rules = PostgresSettings.Hba.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();

        Assert.All(rules, rule => Assert.Matches("^(local|hostssl) ", rule));
        Assert.True(rules.FindIndex(rule => rule.EndsWith("reject", StringComparison.Ordinal)) < rules.FindIndex(rule => rule.EndsWith("scram-sha-256", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_newer_postgres_has_another_template() => Assert.NotEqual(
        TemplateRecipe.Fingerprint(new PostgresInstallation(15, "15.18", "/bin")), TemplateRecipe.Fingerprint(new PostgresInstallation(15, "15.19", "/bin")));
}
