namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>Beside which other calls a call may run.</summary>
internal enum Interleaving : byte
{
    /// <summary>Alone.</summary>
    Exclusive,

    /// <summary>Beside others that only read.</summary>
    ReadOnly,

    /// <summary>Beside anything.</summary>
    Always,
}
