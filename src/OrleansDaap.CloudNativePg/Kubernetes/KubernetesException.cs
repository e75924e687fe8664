using System.Net;

namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>
/// The API server refused a request, or could not be reached however often it was tried. Never holds what was sent, and of an answer about
/// a secret not the words either.
/// </summary>
internal sealed class KubernetesException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Null when there was no answer at all.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The API server's word for it, for instance <c>NotFound</c> or <c>AlreadyExists</c>; null where it gave none.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    public bool IsUnreachable => Status is null;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Another writer was there, or a precondition did not hold.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>The version that was asked for is no longer kept: list again.</summary>
    public bool IsExpired => Status == HttpStatusCode.Gone;

    /// <summary>The namespace of the object is being deleted.</summary>
    public bool IsNamespaceTerminating => Causes.Any(cause => cause.Reason == "NamespaceTerminating");

    /// <summary>
    /// The API server looked at the request and will say the same again until someone changes something: rights, quota, an admission rule, or
    /// the object. It calls a manifest that does not fit the schema a 500 without a reason.
    /// </summary>
    public bool IsRefusal => Status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnprocessableEntity => true,
        HttpStatusCode.InternalServerError => HasNoReason,
        _ => false,
    };

    /// <summary>The answer was a <c>Status</c> document that names no reason.</summary>
    internal bool HasNoReason { get; init; }
}
