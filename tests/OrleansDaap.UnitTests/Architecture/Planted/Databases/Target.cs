namespace OrleansDaap.UnitTests.Architecture.Planted.Databases;

/// <summary>What the planted trespasser reaches for.</summary>
internal static class Target
{
    public static int Value => Environment.TickCount;
}
