using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>What a backend sees of a cluster.</summary>
[JsonConverter(typeof(WireEnumConverter<ClusterPhase>))]
public enum ClusterPhase
{
    /// <summary>Nothing of it exists: no process, no file, no object.</summary>
    Absent,

    /// <summary>The backend is at work on it and will say when that ends.</summary>
    Progressing,

    /// <summary>It answers queries over TLS at its endpoint.</summary>
    Ready,

    /// <summary>Its data is kept, and nothing runs: frozen, or fallen over and not yet started again.</summary>
    Stopped,

    /// <summary>The last attempt failed; the observation's reason says why. Applying the spec again tries again.</summary>
    Failed,
}
