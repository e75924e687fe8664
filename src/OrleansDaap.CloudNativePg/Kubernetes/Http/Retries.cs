using System.Net;

namespace OrleansDaap.CloudNativePg.Kubernetes.Http;

/// <summary>
/// When a failed request is sent again, and after what wait. All requests here may be repeated: they name the state that is wanted. What
/// outlasts these few is for the caller, who reconciles.
/// </summary>
internal static class Retries
{
    /// <summary>Waits of at most 0.1 + 0.2 + 0.4 + 0.8 = 1.5 s together, unless the server asks for longer ones.</summary>
    private const int Attempts = 5;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>A server that wants a longer rest than this gets it from the caller's next attempt.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    /// <param name="failure">Of the last attempt.</param>
    /// <param name="attempt">Its number, from 1.</param>
    /// <param name="retryAfter">What the server asked for.</param>
    /// <param name="random">0 to 1: many clients that failed together must not come back together.</param>
    /// <returns>Null: not again.</returns>
    public static TimeSpan? Wait(KubernetesException failure, int attempt, TimeSpan? retryAfter, double random)
    {
        if (attempt >= Attempts || !MayPass(failure) || retryAfter > LongestRetryAfter) return null;
        var wait = First * Math.Pow(2, attempt - 1) * (0.5 + random / 2);
        return retryAfter is { } asked && asked > wait ? asked + First * random : wait;
    }

    private static bool MayPass(KubernetesException failure) => failure.Status switch
    {
        null => true,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => true,
        HttpStatusCode.InternalServerError => !failure.IsRefusal,
        _ => false,
    };
}
