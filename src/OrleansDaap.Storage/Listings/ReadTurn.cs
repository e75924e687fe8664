namespace OrleansDaap.Storage.Listings;

/// <summary>
/// Lets as many pages be read at once as there are processors, in the order of their requests. A page is work for a processor, here and in
/// PostgreSQL: more of them at once would only make each take longer, and the slowest most of all.
/// </summary>
internal readonly struct ReadTurn : IDisposable
{
    private static readonly SemaphoreSlim Free = new(Math.Max(2, Environment.ProcessorCount));

    /// <returns>The turn; it ends when it is disposed of.</returns>
    public static async Task<ReadTurn> TakeAsync(CancellationToken cancellationToken)
    {
        await Free.WaitAsync(cancellationToken);
        return default;
    }

    public void Dispose() => Free.Release();
}
