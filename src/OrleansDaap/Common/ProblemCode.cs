namespace OrleansDaap.Common;

/// <summary>Every way in which the API refuses or fails. <see cref="Problems"/> has the wire code, status and title of each.</summary>
public enum ProblemCode
{
    MalformedRequest,
    ValidationFailed,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NameTaken,
    TierInUse,
    InvalidState,
    DeletionProtected,
    RequestInProgress,
    PreconditionFailed,
    PayloadTooLarge,
    UnsupportedMediaType,
    QuotaExceeded,
    BackupNotConfigured,
    RestoreTargetOutOfRange,
    IdempotencyKeyReused,
    RateLimited,
    InternalError,
    PlatformStoreUnavailable,
    BackendUnavailable,
}
