namespace OrleansDaap.Access;

/// <summary>What tells one request from another.</summary>
/// <param name="Team">The team of the API key.</param>
/// <param name="Route">The operation and what it is called on.</param>
/// <param name="Key">The client's own word for the request.</param>
/// <param name="BodyHash">A request with the same key and another body is another request, and refused.</param>
public sealed record IdempotencyKey(string Team, string Route, string Key, string BodyHash);
