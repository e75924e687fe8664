namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>One cause of a 422.</summary>
internal sealed record SchemaMistake(string Reason, string Field, string Message);
