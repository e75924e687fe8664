using OrleansDaap.Access;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Who may call an endpoint. Every endpoint has one, or the server does not start.</summary>
/// <param name="Roles">Empty: anybody, without a key.</param>
internal sealed record AccessRule(params Role[] Roles)
{
    public bool NeedsKey => Roles.Length > 0;
}
