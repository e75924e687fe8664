using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Processes;
using Xunit;

namespace OrleansDaap.UnitTests.LocalPostgres;

public sealed class FailuresTests
{
    [Fact]
    public void A_full_disk_is_known_by_its_number_and_by_what_a_tool_says()
    {
        Assert.Equal("disk-full", Failures.Describe(new IOException("write failed", 28))?.Code);
        Assert.Equal("disk-full", Failures.Describe(new ToolFailedException("cp failed (1): cp: error writing 'x': No space left on device"))?.Code);
        Assert.Equal("disk-full", Failures.Describe(new ClusterFailureException("postgres-start-failed", "FATAL: could not write: No space left on device"))?.Code);
    }

    [Fact]
    public void A_missing_pgaudit_is_named()
    {
        var failure = new ToolFailedException("postgres failed (1): FATAL:  could not access file \"pgaudit\": No such file or directory");

        Assert.Equal("pgaudit-not-installed", Failures.Describe(failure)?.Code);
    }

    [Fact]
    public void A_failure_that_nobody_thought_of_has_no_words() => Assert.Null(Failures.Describe(new InvalidOperationException("bug")));
}
