using Orleans;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

[GenerateSerializer, Alias("test.account")]
public sealed class Account
{
    [Id(0)]
    public int Balance { get; set; }

    [Id(1)]
    public List<string> Entries { get; set; } = [];
}
