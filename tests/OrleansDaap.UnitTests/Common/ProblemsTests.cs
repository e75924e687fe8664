using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.UnitTests.Common;

public sealed class ProblemsTests
{
    [Fact]
    public void Every_problem_has_a_code_of_its_own()
    {
        var codes = Enum.GetValues<ProblemCode>().Select(code => Problems.Describe(code).Code).ToArray();

        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^[a-z]+(-[a-z]+)*$", code));
    }
}
