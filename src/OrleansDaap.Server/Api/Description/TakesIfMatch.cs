namespace OrleansDaap.Server.Api.Description;

/// <summary>An endpoint changes a resource only as it was read, for the API's description.</summary>
internal sealed record TakesIfMatch;
