using System.Diagnostics;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>The turns of grains in traces, each beneath what called it, with the tags that Orleans gives its own.</summary>
internal static class CallTrace
{
    private static readonly ActivitySource Source = new("OrleansDaap.EmbeddedSilo");

    /// <summary>What a call that is made now belongs to; nothing when nobody listens.</summary>
    public static ActivityContext Here => Source.HasListeners() ? Activity.Current?.Context ?? default : default;

    /// <summary>Begins a call's turn; null when nobody listens.</summary>
    public static Activity? Begin(GrainCall call)
    {
        if (!Source.HasListeners()) return null;
        var turn = Source.StartActivity($"{call.Target.Type}/{call.Method}", ActivityKind.Internal, call.Origin);
        return turn?.SetTag("rpc.system", "orleans").SetTag("rpc.method", call.Method).SetTag("rpc.orleans.target_id", call.Target.ToString());
    }

    public static void Failed(Activity? turn, Exception exception) => turn?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
}
