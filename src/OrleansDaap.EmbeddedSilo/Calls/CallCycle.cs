using OrleansDaap.EmbeddedSilo.Activations;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>Finds calls that wait for themselves.</summary>
internal static class CallCycle
{
    /// <summary>
    /// Describes the cycle that <paramref name="call"/> would close by waiting for <paramref name="activation"/>, or answers null. There is
    /// one when a call that the activation is busy with waits, link by link, for this one. The activation's lock must be held.
    /// </summary>
    public static string? Find(GrainCall call, Activation activation)
    {
        for (var frame = call.Caller; frame is not null; frame = frame.Caller)
        {
            if (ReferenceEquals(frame.Activation, activation) && frame.IsRunning && frame.Interleaving != Interleaving.Always)
            {
                return Describe(call, frame);
            }
        }

        return null;
    }

    private static string Describe(GrainCall call, GrainCall first)
    {
        List<string> names = [call.Target.ToString()];
        for (var frame = call.Caller; frame is not null; frame = ReferenceEquals(frame, first) ? null : frame.Caller)
        {
            // An activation is a frame between two calls of the same grain; it is named once.
            if (names[^1] != frame.Target.ToString() || names.Count == 1)
            {
                names.Add(frame.Target.ToString());
            }
        }

        names.Reverse();
        return string.Join(" → ", names);
    }
}
