namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>What becomes of a call that was cut off because its silo died, or is not the active one any more.</summary>
internal static class GrainCalls
{
    /// <summary>Makes it once more: the grain is elsewhere by then. Only for calls that may be carried out twice, since the first may have been.</summary>
    /// <exception cref="OrleansMessageRejectionException">That was cut off too.</exception>
    public static async Task<T> OnceMoreAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (OrleansMessageRejectionException)
        {
            return await call();
        }
    }
}
