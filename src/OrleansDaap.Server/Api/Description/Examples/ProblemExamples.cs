using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Api.Description.Examples;

/// <summary>One example of each problem, for the API's description.</summary>
internal static class ProblemExamples
{
    public static ProblemException Of(ProblemCode code) => code switch
    {
        ProblemCode.MalformedRequest => new(code, "The request's body is empty; it needs a JSON object."),
        ProblemCode.ValidationFailed => ProblemException.Invalid("name", "is required"),
        ProblemCode.Unauthenticated => new(code, "The key is unknown, expired or revoked."),
        ProblemCode.Forbidden => new(code, "This is for the platform-team."),
        ProblemCode.NotFound => ProblemException.NotFound("such database"),
        ProblemCode.MethodNotAllowed => new(code, "The methods that it takes are in the Allow header."),
        ProblemCode.NameTaken => new(code, "The team has a database of this name."),
        ProblemCode.TierInUse => new(code, "1 database refers to this tier."),
        ProblemCode.InvalidState => new(code, "Only a frozen database can be unfrozen.") { CurrentStatus = WireName.Of(DatabaseStatus.Ready) },
        ProblemCode.DeletionProtected => new(code, "Its deletion_protection is on."),
        ProblemCode.RequestInProgress => new(code, "A request with this Idempotency-Key is still running; ask again for its answer."),
        ProblemCode.PreconditionFailed => new(code, "It has changed since; read it again."),
        ProblemCode.PayloadTooLarge => new(code, "A request's body may have 1048576 bytes."),
        ProblemCode.UnsupportedMediaType => new(code, "Send application/json, in UTF-8."),
        ProblemCode.QuotaExceeded => new(code, "The tier's quota has no room for this database.")
        {
            Tier = ExampleStates.Tier.Id,
            Violations = [new("cpu_cores", Requested: 6, Used: 24, Limit: 24), new("memory_gib", Requested: 24, Used: 96, Limit: 96)],
        },
        ProblemCode.BackupNotConfigured => new(code, "The database has no backups."),
        ProblemCode.RestoreTargetOutOfRange => new(code, "The target time lies before the first backup."),
        ProblemCode.IdempotencyKeyReused => new(code, "A request with this Idempotency-Key and another body was made in the last 24 hours."),
        ProblemCode.RateLimited => new(code, "This key calls faster than the server allows."),
        ProblemCode.InternalError => new(code, "The failure is in the server's logs under this request id."),
        ProblemCode.PlatformStoreUnavailable => new(code, "The platform's store did not answer; whether the change was made is unknown. Try again."),
        ProblemCode.BackendUnavailable => new(code, "The place where databases run did not answer. Try again."),
    };
}
