using OrleansDaap.LocalPostgres.Credentials;
using Xunit;

namespace OrleansDaap.UnitTests.LocalPostgres;

public sealed class ScramVerifierTests
{
    // The exchange of RFC 7677, section 3, as PostgreSQL would keep it.
    private const string Pencil =
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

    [Fact]
    public void It_is_what_the_rfc_computes() =>
        Assert.Equal(Pencil, ScramVerifier.Create("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")));

    [Fact]
    public void It_fits_its_password_and_no_other()
    {
        var verifier = ScramVerifier.Create("pencil");

        Assert.True(ScramVerifier.Fits(verifier, "pencil"));
        Assert.False(ScramVerifier.Fits(verifier, "pencils"));
        Assert.False(ScramVerifier.Fits("", "pencil"));
        Assert.NotEqual(verifier, ScramVerifier.Create("pencil"));
    }
}
