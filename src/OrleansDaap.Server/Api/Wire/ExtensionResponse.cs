namespace OrleansDaap.Server.Api.Wire;

/// <summary>A PostgreSQL extension that a database has.</summary>
internal sealed record ExtensionResponse(string Name, string Version);
