namespace OrleansDaap.Server.Api.Description;

/// <summary>An endpoint's 200 shows one of these, depending on who asks; for the API's description.</summary>
internal sealed record AnswersOneOf(params Type[] Types);
