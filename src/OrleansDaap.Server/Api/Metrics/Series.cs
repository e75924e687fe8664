namespace OrleansDaap.Server.Api.Metrics;

/// <summary>What was measured with one set of labels.</summary>
internal sealed class Series(double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>Adds to a count that goes up, or up and down.</summary>
    public void Add(double value)
    {
        lock (_lock)
            _sum += value;
    }

    /// <summary>Notes what there is now.</summary>
    public void Set(double value)
    {
        lock (_lock)
            _sum = value;
    }

    /// <summary>Notes one of many measurements.</summary>
    public void Record(double value)
    {
        var bucket = Array.FindIndex(bounds, bound => value <= bound);
        lock (_lock)
        {
            _sum += value;
            _counts[bucket < 0 ? bounds.Length : bucket]++;
        }
    }

    public (double Sum, long[] Counts) Read()
    {
        lock (_lock)
            return (_sum, [.. _counts]);
    }
}
