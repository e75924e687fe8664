using System.Text.RegularExpressions;
using OrleansDaap.Access;
using Xunit;

namespace OrleansDaap.UnitTests.Access;

public sealed class ApiKeySecretTests
{
    [Fact]
    public void A_new_key_has_its_form_and_is_never_the_same()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => ApiKeySecret.New()).ToList();
        Assert.All(keys, key => Assert.Matches(new Regex("^daap_[a-z0-9]{8}_[A-Za-z0-9]{43}$"), key));
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Fact]
    public void A_key_says_its_own_id() =>
        Assert.Equal("0a1b2c3d", ApiKeySecret.IdOf("daap_0a1b2c3d_" + new string('x', 43)));

    [Theory]
    [InlineData("my-bootstrap-key")]
    [InlineData("daap_short_secret")]
    [InlineData("daap_0A1B2C3D_0123456789012345678901234567890123456789012")]
    [InlineData("daap_0a1b2c3d-0123456789012345678901234567890123456789012")]
    [InlineData("daap_0a1b2c3d_012345678901234567890123456789012345678901-")]
    [InlineData("daap_0a1b2c3d_012345678901234567890123456789012345678901")]
    public void A_key_of_another_form_is_known_by_its_hash(string key)
    {
        Assert.Equal(ApiKeySecret.HashOf(key)[..8], ApiKeySecret.IdOf(key));
        Assert.True(ApiKeySecret.IsId(ApiKeySecret.IdOf(key)));
    }

    [Fact]
    public void The_hash_is_sha_256_in_hexadecimal() => Assert.Equal(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ApiKeySecret.HashOf("abc"));
}
