using System.Net.Http.Headers;

namespace OrleansDaap.UnitTests.Architecture.Planted.Tiers;

/// <summary>Breaks the direction table where it is hardest to see: inside method bodies only.</summary>
internal static class Trespasser
{
    public static int Trespass() => Databases.Target.Value + new HttpRequestMessage().Version.Major;

    public static string Also() => new ProductHeaderValue("x").Name;
}
