using Xunit;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>A test that needs the test API server's own means, in a class whose other tests run against a real one where there is one.</summary>
public sealed class TestApiServerFactAttribute : FactAttribute
{
    /// <param name="means">What a real one does not do, for people.</param>
    public TestApiServerFactAttribute(string means)
    {
        Means = means;
        if (RealApiServer.Assets is not null) Skip = $"KUBEBUILDER_ASSETS is set, and a real API server does not {means}.";
    }

    public string Means { get; }
}
