using System.Text;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Idempotency;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.PassingOn;

/// <summary>Passes requests on to the active node, and its answers back.</summary>
internal sealed class Forwarder : IDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(2);

    /// <summary>Far shorter than a server keeps a silent connection, so that none is used just when it is closed.</summary>
    private static readonly TimeSpan KeepIdle = TimeSpan.FromSeconds(10);

    /// <summary>A node that does not answer may be frozen, or cut off; then another one becomes the active one within five seconds.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>For so long a request that may be repeated is, which is as long as a takeover takes.</summary>
    private static readonly TimeSpan RepeatFor = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IActiveNode _active;
    private readonly TimeProvider _time;
    private readonly ILogger<Forwarder> _logger;
    private readonly HttpClient _http;

    public Forwarder(IActiveNode active, TimeProvider time, ILogger<Forwarder> logger)
    {
        (_active, _time, _logger) = (active, time, logger);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectWithin,
            PooledConnectionIdleTimeout = KeepIdle,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Answers the request with what the active node answers.</summary>
    /// <exception cref="ProblemException">platform-store-unavailable: there is no active node, or it did not answer.</exception>
    public async Task PassOnAsync(HttpContext context)
    {
        context.Call().IsPassedOn = true;
        var body = await PassedOnRequest.ReadBodyAsync(context.Request);
        var mayRepeat = MayRepeat(context.Request);
        var begun = _time.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await AskAsync(context, body);
                await PassedOnRequest.AnswerAsync(answer, context.Response);
                return;
            }
            catch (ProblemException) when (mayRepeat && !context.Response.HasStarted && _time.GetElapsedTime(begun) < RepeatFor)
            {
                await Task.Delay(Pause, _time, context.RequestAborted);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What only asks, and what the active node does once however often it is asked.</summary>
    private static bool MayRepeat(HttpRequest request) => AnswerMiddleware.IsRead(request.Method)
        || (HttpMethods.IsPost(request.Method) && request.Headers.ContainsKey(IdempotencyHeader.Name));

    private async Task<HttpResponseMessage> AskAsync(HttpContext context, byte[] body)
    {
        var place = await _active.FindAsync(context.RequestAborted)
            ?? throw Away("No node is the active one just now. Nothing was changed; try again.");
        using var message = PassedOnRequest.Make(context, body, place);
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            var answer = _http.SendAsync(message, HttpCompletionOption.ResponseContentRead, givenUp.Token);
            await WatchAsync(answer, place, givenUp);
            return await answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            PassingOnLog.NotAnswered(_logger, context.Call().RequestId, place.Address, exception);
            throw WasNotSent(exception, givenUp)
                ? Away("The active node cannot be reached. Nothing was changed; try again.")
                : Away("The active node did not answer; whether the change was made is unknown. Try again.");
        }
    }

    /// <summary>Returns when there is an answer, or none to wait for: what a node that is not the active one any more has not written, it never will.</summary>
    private async Task WatchAsync(Task answer, ActiveNodePlace place, CancellationTokenSource givenUp)
    {
        while (await Task.WhenAny(answer, Task.Delay(LookEvery, _time, givenUp.Token)) != answer && !givenUp.IsCancellationRequested)
        {
            if (!await IsStillThereAsync(place, givenUp.Token))
                await givenUp.CancelAsync();
        }
    }

    private async Task<bool> IsStillThereAsync(ActiveNodePlace place, CancellationToken cancellationToken)
    {
        try
        {
            return (await _active.FindAsync(cancellationToken))?.Term == place.Term;
        }
        catch (StoreUnavailableException)
        {
            // Then it answers so too, when its patience has ended.
            return true;
        }
    }

    /// <summary>Whether there was no connection to send it on. Being called off means that we waited for an answer; else, that connecting took too long.</summary>
    private static bool WasNotSent(Exception exception, CancellationTokenSource givenUp) => exception is HttpRequestException http
        ? http.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
        : !givenUp.IsCancellationRequested;

    private static ProblemException Away(string detail) => new(ProblemCode.PlatformStoreUnavailable, detail);
}
