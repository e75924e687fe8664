using System.Globalization;

namespace OrleansDaap.Drills;

/// <summary>What two sets of the same rows have alike, in whatever order, and however they were read in parts.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Sum">Of their hashes.</param>
internal readonly record struct RowSum(long Rows, decimal Sum)
{
    public static RowSum operator +(RowSum one, RowSum other) => new(one.Rows + other.Rows, one.Sum + other.Sum);

    /// <summary>The sum is of no use to people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows} rows");
}
