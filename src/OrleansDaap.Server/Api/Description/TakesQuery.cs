namespace OrleansDaap.Server.Api.Description;

/// <summary>A query parameter that an endpoint reads, for the API's description.</summary>
/// <param name="Type">What its text stands for: a string, a whole number, a boolean or an enum.</param>
internal sealed record TakesQuery(string Name, Type Type, string Description);
