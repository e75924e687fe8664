using Orleans.Storage;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>The one place where exceptions and bare status codes become problems.</summary>
internal static class ProblemAnswers
{
    public static ProblemAnswer Of(Exception exception, string requestId, ILogger logger)
    {
        switch (exception)
        {
            case ProblemException problem:
                if (Problems.Describe(problem.Code).Status >= StatusCodes.Status500InternalServerError)
                    ApiLog.Unavailable(logger, requestId, exception);
                return new(problem);
            case BadHttpRequestException bad:
                return new(Of(bad));
            case StoreUnavailableException or InconsistentStateException:
                ApiLog.Unavailable(logger, requestId, exception);
                return Away("The platform's store did not answer; whether the change was made is unknown. Try again.");
            case OrleansMessageRejectionException:
                ApiLog.Unavailable(logger, requestId, exception);
                return Away("This node is a standby or is starting. Try again.");
            case TimeoutException:
                ApiLog.Unavailable(logger, requestId, exception);
                return Away("The platform did not answer in time; whether the change was made is unknown. Try again.");
            case BackendUnavailableException:
                // It says why, in words that are meant for people.
                ApiLog.Unavailable(logger, requestId, exception);
                return new(new(ProblemCode.BackendUnavailable, exception.Message));
            default:
                ApiLog.Failed(logger, requestId, exception);
                return new(new(ProblemCode.InternalError, "The failure is in the server's logs under this request id."));
        }
    }

    /// <summary>For requests that no endpoint answered: routing only sets a status.</summary>
    public static ProblemAnswer Of(int status) => new(status switch
    {
        StatusCodes.Status404NotFound => new(ProblemCode.NotFound, "There is nothing at this path."),
        StatusCodes.Status405MethodNotAllowed => new(ProblemCode.MethodNotAllowed, "The methods that it takes are in the Allow header."),
        StatusCodes.Status413PayloadTooLarge => new(ProblemCode.PayloadTooLarge, "The request is too large."),
        StatusCodes.Status415UnsupportedMediaType => new(ProblemCode.UnsupportedMediaType, "Send application/json, in UTF-8."),
        >= StatusCodes.Status500InternalServerError => new(ProblemCode.InternalError, "The request could not be answered."),
        _ => new ProblemException(ProblemCode.MalformedRequest, "The request could not be read."),
    });

    public static ProblemAnswer NotAudited() => Away("The request could not be written to the audit log. Try again.");

    private static ProblemException Of(BadHttpRequestException bad) => bad.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? new(ProblemCode.PayloadTooLarge, "The request's body is too large.")
        : new(ProblemCode.MalformedRequest, "The request's body broke off or was not framed as HTTP asks.");

    private static ProblemAnswer Away(string detail) => new(new(ProblemCode.PlatformStoreUnavailable, detail));
}
