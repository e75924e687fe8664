using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>One page of a list, newest first.</summary>
internal sealed record ListResponse<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Gives the next page when it is sent as "cursor"; null on the last page.</summary>
    public required string? NextCursor { get; init; }

    public static ListResponse<T> Of<TState>(Page<TState> page, Func<TState, T> map) =>
        new() { Items = [.. page.Items.Select(map)], NextCursor = page.Next };
}
