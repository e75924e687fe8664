using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Asks grains for changes, each together with its entry in the audit log.</summary>
internal static class Changes
{
    /// <summary>
    /// Makes the change that the request is for. Its entry is stored with it or not at all; when the grain answers without it, there was
    /// nothing to change, and <see cref="AnswerMiddleware"/> adds the entry that such a request has too.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="status">What the endpoint answers once the change is stored.</param>
    /// <param name="change">Passes the entry to the grain. An endpoint that asks again passes the same one.</param>
    public static async Task<T> ChangeAsync<T>(this HttpContext http, int status, Func<AuditEntry, Task<T>> change)
        where T : IAudited?
    {
        var call = http.Call();
        call.Entry ??= AuditEntries.Of(http, Outcomes.Accepted, status, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var answer = await change(call.Entry);
        call.IsEntryStored |= answer?.Audit?.Id == call.Entry.Id;
        return answer;
    }
}
