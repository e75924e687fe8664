namespace Orleans;

/// <summary>A state with its ETag.</summary>
public sealed class GrainState<T> : IGrainState<T>
{
    public GrainState()
        : this(default!)
    {
    }

    public GrainState(T state) => State = state;

    public GrainState(T state, string? eTag)
        : this(state) => ETag = eTag;

    public T State { get; set; }

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
