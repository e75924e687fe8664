using OrleansDaap.Testing.Xunit;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>
/// The tests of the class use CloudNativePG's custom resource definitions: where <c>DAAP_CNPG_CRDS</c> points, or beside the checkout at
/// <c>../shared/cnpg/crds</c>.
/// </summary>
public sealed class RequiresCnpgDefinitionsAttribute : DependencyAttribute
{
    /// <summary>Throws where there are none.</summary>
    internal static string FoundDirectory => Find() ?? throw new InvalidOperationException(Missing);

    private const string Missing = "CloudNativePG's definitions are neither at ../shared/cnpg/crds beside the checkout nor where DAAP_CNPG_CRDS points.";

    public override string? FindMissing() => Find() is null ? Missing : null;

    private static string? Find() =>
        Environment.GetEnvironmentVariable("DAAP_CNPG_CRDS") is { Length: > 0 } named
            ? Directory.Exists(named) ? named : null
            : Beside(AppContext.BaseDirectory);

    private static string? Beside(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.Exists(Path.Combine(folder, "OrleansDaap.sln"))) continue;
            var beside = Path.GetFullPath(Path.Combine(folder, "..", "shared", "cnpg", "crds"));
            return Directory.Exists(beside) ? beside : null;
        }

        return null;
    }
}
