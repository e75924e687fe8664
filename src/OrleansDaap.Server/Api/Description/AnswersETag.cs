namespace OrleansDaap.Server.Api.Description;

/// <summary>An endpoint's answers carry the resource's version, for the API's description.</summary>
internal sealed record AnswersETag;
