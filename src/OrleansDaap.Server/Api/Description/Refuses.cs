using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Description;

/// <summary>The problems that an endpoint answers beyond those that all do, for the API's description.</summary>
internal sealed record Refuses(params ProblemCode[] Codes);
