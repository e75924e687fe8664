namespace OrleansDaap.Storage.Writes;

/// <summary>Collects the writes of one transaction. A second write of a row waits for the next one: no statement can tell two of a row apart.</summary>
internal sealed class Batch(int size)
{
    private readonly HashSet<string> _rows = new(StringComparer.Ordinal);
    private List<Write> _leftOver = [];

    public List<Write> Writes { get; } = new(size);

    public bool IsFull => Writes.Count >= size;

    public bool HasLeftOver => _leftOver.Count > 0;

    /// <summary>Starts the next transaction with what the last one had to leave over.</summary>
    public void Begin()
    {
        Writes.Clear();
        _rows.Clear();
        var again = _leftOver;
        _leftOver = [];
        foreach (var write in again)
        {
            Add(write);
        }
    }

    public void Add(Write write)
    {
        // A token cannot be the old one for some of a transaction.
        var fits = !IsFull && (Writes.Count == 0 || Writes[0].Stamp == write.Stamp) && (write.Row is null || _rows.Add(write.Row));
        (fits ? Writes : _leftOver).Add(write);
    }
}
