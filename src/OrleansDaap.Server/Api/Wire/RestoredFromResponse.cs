using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>The database that this one was restored from, and the moment that it shows.</summary>
internal sealed record RestoredFromResponse(string DatabaseId, DateTimeOffset TargetTime)
{
    public static RestoredFromResponse Of(RecoverySource source) => new(source.Database.Value, source.TargetTime);
}
