namespace OrleansDaap.Server.Api.Description;

/// <summary>The body that an endpoint reads, for the API's description.</summary>
internal sealed record TakesBody(Type Type, bool MergePatch);
