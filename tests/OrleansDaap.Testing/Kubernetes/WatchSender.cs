using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using OrleansDaap.Testing.Kubernetes.Storage;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Serves watches, each until its time is over or the client goes.</summary>
internal sealed class WatchSender(ObjectStore store, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];

    /// <summary>How many are connected.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _watchers.Count;
        }
    }

    /// <summary>Tells every watch that asked for bookmarks how far it is.</summary>
    public void SendBookmarks() => ForEach(watcher => watcher.Bookmarks.Writer.TryWrite(true));

    /// <summary>Ends every watch, in peace.</summary>
    public void End() => ForEach(watcher => watcher.End.Cancel());

    /// <summary>Breaks every connection: at once, or in the middle of the next event.</summary>
    public void Cut(bool withinNextEvent) => ForEach(watcher =>
    {
        if (withinNextEvent) watcher.IsCutWithinNextEvent = true;
        else watcher.Http.Abort();
    });

    public async Task ServeAsync(HttpContext http, ApiCall call)
    {
        var asked = call.Query.GetValueOrDefault("resourceVersion");
        var replays = asked is null or "" or "0";
        var (existing, revision) = store.Snapshot(call.Kind);
        var after = replays ? revision : long.Parse(asked!, CultureInfo.InvariantCulture);
        var channel = store.Follow(call.Kind, after);
        http.Response.ContentType = "application/json";
        if (channel is null)
        {
            var late = Refusal.Of(410, "Expired", $"too old resource version: {after} ({store.OldestRevision})");
            await http.Response.WriteAsync($$"""{"type":"ERROR","object":{{late.Status.ToJsonString()}}}{{"\n"}}""");
            return;
        }

        using var watcher = new Watcher(http, call, time);
        lock (_lock) _watchers.Add(watcher);
        try
        {
            // The client knows that it is connected before anything happens.
            await http.Response.StartAsync();
            await http.Response.Body.FlushAsync();
            if (replays)
            {
                foreach (var found in existing.Values.Where(watcher.Wants)) await watcher.SendAsync("ADDED", found);
            }

            await FollowAsync(watcher, channel);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The client has gone.
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
            store.Leave(call.Kind, channel);
        }
    }

    private async Task FollowAsync(Watcher watcher, Channel<StoreEvent> channel)
    {
        var ended = watcher.Ended;
        while (!ended.IsCancellationRequested)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(ended);
            var happened = channel.Reader.WaitToReadAsync(round.Token).AsTask();
            var bookmark = watcher.Bookmarks.Reader.WaitToReadAsync(round.Token).AsTask();
            await Task.WhenAny(happened, bookmark);
            var revision = await SendWaitingAsync(watcher, channel);
            if (watcher.Bookmarks.Reader.TryRead(out _)) watcher.WriteBookmark(revision);
            await watcher.FlushAsync();
            await round.CancelAsync();
        }

        // The server's last word: how far the client has seen.
        watcher.WriteBookmark(await SendWaitingAsync(watcher, channel));
        await watcher.FlushAsync();
    }

    /// <returns>The revision up to which everything has been sent.</returns>
    private async Task<long> SendWaitingAsync(Watcher watcher, Channel<StoreEvent> channel)
    {
        var waiting = new List<StoreEvent>();
        long revision;
        lock (store.Lock)
        {
            revision = store.Revision;
            while (channel.Reader.TryRead(out var next)) waiting.Add(next);
        }

        foreach (var next in waiting) await watcher.SendAsync(next);
        return revision;
    }

    private void ForEach(Action<Watcher> act)
    {
        lock (_lock) _watchers.ForEach(act);
    }

    private sealed class Watcher : IDisposable
    {
        private readonly ApiCall _call;
        private readonly LabelSelector _selector;
        private readonly PipeWriter _body;
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _ended;

        public Watcher(HttpContext http, ApiCall call, TimeProvider time)
        {
            (Http, _call, _body) = (http, call, http.Response.BodyWriter);
            _selector = LabelSelector.Parse(call.Query.GetValueOrDefault("labelSelector"));
            var seconds = int.Parse(call.Query.GetValueOrDefault("timeoutSeconds", "1800"), CultureInfo.InvariantCulture);
            _timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), time);
            _ended = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, End.Token, http.RequestAborted);
        }

        public HttpContext Http { get; }

        public Channel<bool> Bookmarks { get; } = Channel.CreateUnbounded<bool>();

        public CancellationTokenSource End { get; } = new();

        public CancellationToken Ended => _ended.Token;

        public bool IsCutWithinNextEvent { get; set; }

        public bool Wants(StoredVersion version) => (_call.Key.Namespace is null || version.Key.Namespace == _call.Key.Namespace)
            && (_call.Key.Name.Length == 0 || version.Key.Name == _call.Key.Name) && _selector.Matches(version.Labels);

        /// <summary>An object that begins or ceases to match is added or deleted for this watch.</summary>
        public Task SendAsync(StoreEvent happened)
        {
            var (was, isNow) = (happened.Before is { } before && Wants(before), !happened.IsDeleted && Wants(happened.Now));
            return (was, isNow) switch
            {
                (false, true) => SendAsync("ADDED", happened.Now),
                (true, true) => SendAsync("MODIFIED", happened.Now),
                (true, false) => SendAsync("DELETED", happened.Now),
                (false, false) => Task.CompletedTask,
            };
        }

        public async Task SendAsync(string type, StoredVersion version)
        {
            _body.Write(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":"""));
            if (IsCutWithinNextEvent)
            {
                _body.Write(version.Utf8.Span[..(version.Utf8.Length / 2)]);
                await _body.FlushAsync();
                Http.Abort();
                throw new OperationCanceledException();
            }

            _body.Write(version.Utf8.Span);
            _body.Write("}\n"u8);
            if (_body.UnflushedBytes > 1 << 16) await _body.FlushAsync();
        }

        public void WriteBookmark(long revision)
        {
            if (_call.Query.GetValueOrDefault("allowWatchBookmarks") is not ("true" or "1")) return;
            _body.Write(JsonSerializer.SerializeToUtf8Bytes(new
            {
                type = "BOOKMARK",
                @object = new { apiVersion = _call.Kind.ApiVersion, kind = _call.Kind.Kind, metadata = new { resourceVersion = $"{revision}" } },
            }));
            _body.Write("\n"u8);
        }

        public async Task FlushAsync() => await _body.FlushAsync();

        public void Dispose()
        {
            _ended.Dispose();
            _timeout.Dispose();
            End.Dispose();
        }
    }
}
