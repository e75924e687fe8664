namespace OrleansDaap.Common;

/// <summary>The closed catalogue of problems: the code on the wire, the HTTP status and the title of each.</summary>
public static class Problems
{
    public static (string Code, int Status, string Title) Describe(ProblemCode code) => code switch
    {
        ProblemCode.MalformedRequest => ("malformed-request", 400, "The request could not be read"),
        ProblemCode.ValidationFailed => ("validation-failed", 400, "The request holds mistakes"),
        ProblemCode.Unauthenticated => ("unauthenticated", 401, "A valid API key is needed"),
        ProblemCode.Forbidden => ("forbidden", 403, "This key's role may not do that"),
        ProblemCode.NotFound => ("not-found", 404, "There is no such resource"),
        ProblemCode.MethodNotAllowed => ("method-not-allowed", 405, "The resource does not take this method"),
        ProblemCode.NameTaken => ("name-taken", 409, "The name is taken"),
        ProblemCode.TierInUse => ("tier-in-use", 409, "Databases refer to this tier"),
        ProblemCode.InvalidState => ("invalid-state", 409, "The resource's status does not allow that"),
        ProblemCode.DeletionProtected => ("deletion-protected", 409, "The database is protected from deletion"),
        ProblemCode.RequestInProgress => ("request-in-progress", 409, "The same request is still running"),
        ProblemCode.PreconditionFailed => ("precondition-failed", 412, "The resource has changed since it was read"),
        ProblemCode.PayloadTooLarge => ("payload-too-large", 413, "The request body is too large"),
        ProblemCode.UnsupportedMediaType => ("unsupported-media-type", 415, "The request body must be JSON"),
        ProblemCode.QuotaExceeded => ("quota-exceeded", 422, "The tier's quota has no room for that"),
        ProblemCode.BackupNotConfigured => ("backup-not-configured", 422, "The database has no backups"),
        ProblemCode.RestoreTargetOutOfRange => ("restore-target-out-of-range", 422, "The target time cannot be restored"),
        ProblemCode.IdempotencyKeyReused => ("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request"),
        ProblemCode.RateLimited => ("rate-limited", 429, "Too many requests"),
        ProblemCode.InternalError => ("internal-error", 500, "Something went wrong on our side"),
        ProblemCode.PlatformStoreUnavailable => ("platform-store-unavailable", 503, "The platform's store cannot be reached"),
        ProblemCode.BackendUnavailable => ("backend-unavailable", 503, "The backend cannot be reached"),
    };
}
