using System.Net;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>What goes wrong on demand. Each fault is for the requests that its condition names, and for so many of them.</summary>
internal sealed class Faults : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Fault> _faults = [];

    /// <summary>Every connection is broken as soon as it asks for something. Watches that are open stay so: see <see cref="TestApiServer.CutWatches"/>.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>Released for each request that met an unreachable server.</summary>
    public SemaphoreSlim TurnedAway { get; } = new(0);

    /// <summary>Answers with an error, as an overloaded, a broken or a restarting server does.</summary>
    public void Fail(HttpStatusCode code, Predicate<ApiCall>? when = null, int times = 1, TimeSpan? retryAfter = null) =>
        Add(when, times, call => throw (code == HttpStatusCode.TooManyRequests ? TooMany(retryAfter) : Broken(code, retryAfter)));

    /// <summary>Does what is asked and breaks the connection before it says so.</summary>
    public void LoseAnswer(Predicate<ApiCall>? when = null, int times = 1) => Add(when, times, _ => Task.CompletedTask, losesAnswer: true);

    /// <summary>An admission webhook, or a quota, says no.</summary>
    public void Refuse(string message, Predicate<ApiCall>? when = null, int times = int.MaxValue) => Add(
        when ?? (call => call.IsWrite),
        times,
        call => throw Refusal.Of(403, "Forbidden", message, Refusal.Details(call.Kind, call.Key.Name, call.Kind.Plural)));

    /// <summary>Another writer was quicker.</summary>
    public void Conflict(Predicate<ApiCall>? when = null, int times = 1) => Add(when ?? (call => call.IsWrite), times, call => throw Refusal.Stale(call.Kind, call.Key.Name));

    /// <summary>Lets requests wait until the returned is disposed.</summary>
    public Hold Hold(Predicate<ApiCall> when)
    {
        var hold = new Hold();
        Add(when, int.MaxValue, _ => hold.WaitAsync());
        return hold;
    }

    public void Clear()
    {
        lock (_lock) _faults.Clear();
        IsUnreachable = false;
    }

    public void Dispose() => TurnedAway.Dispose();

    /// <returns>Whether the answer is to be lost.</returns>
    internal async Task<bool> MeetAsync(ApiCall call)
    {
        var losesAnswer = false;
        Fault[] met;
        lock (_lock)
        {
            met = [.. _faults.Where(fault => fault.When(call)).Take(1)];
            foreach (var fault in met)
            {
                if (--fault.Times == 0) _faults.Remove(fault);
            }
        }

        foreach (var fault in met)
        {
            losesAnswer |= fault.LosesAnswer;
            await fault.Act(call);
        }

        return losesAnswer;
    }

    private static Refusal TooMany(TimeSpan? retryAfter)
    {
        var refusal = Refusal.Of(429, "TooManyRequests", "Too many requests, please try again later.");
        return new Refusal(429, refusal.Status) { RetryAfter = retryAfter };
    }

    private static Refusal Broken(HttpStatusCode code, TimeSpan? retryAfter)
    {
        var reason = code switch
        {
            HttpStatusCode.ServiceUnavailable => "ServiceUnavailable",
            HttpStatusCode.GatewayTimeout => "Timeout",
            _ => "InternalError",
        };
        return new Refusal((int)code, Refusal.Of((int)code, reason, "something is wrong with the server").Status) { RetryAfter = retryAfter };
    }

    private void Add(Predicate<ApiCall>? when, int times, Func<ApiCall, Task> act, bool losesAnswer = false)
    {
        lock (_lock) _faults.Add(new Fault(when ?? (_ => true), act, losesAnswer) { Times = times });
    }

    private sealed class Fault(Predicate<ApiCall> when, Func<ApiCall, Task> act, bool losesAnswer)
    {
        public Predicate<ApiCall> When => when;

        public Func<ApiCall, Task> Act => act;

        public bool LosesAnswer => losesAnswer;

        public int Times { get; set; }
    }
}
