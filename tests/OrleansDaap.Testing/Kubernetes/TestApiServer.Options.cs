namespace OrleansDaap.Testing.Kubernetes;

internal sealed partial class TestApiServer
{
    /// <summary>How a test API server is.</summary>
    internal sealed record Options
    {
        /// <summary>What it serves besides what is built in; see <see cref="CustomKinds"/>.</summary>
        public IReadOnlyList<ServedKind> Kinds { get; init; } = [];

        public TimeProvider Time { get; init; } = TimeProvider.System;

        /// <summary>Serves HTTPS, with a certificate of an authority of its own, and asks for client certificates.</summary>
        public bool UsesTls { get; init; }

        /// <summary>What happened before is not known.</summary>
        public long FirstRevision { get; init; } = 1;
    }
}
