using Npgsql;
using NpgsqlTypes;

namespace OrleansDaap.Storage.Writes;

/// <summary>Turns rows into the arrays that a statement unnests, a column at a time.</summary>
internal readonly struct Columns<T>(NpgsqlParameterCollection parameters, T[] rows)
{
    public Columns<T> Text(Func<T, string?> value) => Add(NpgsqlDbType.Text, value);

    public Columns<T> Jsonb(Func<T, string> value) => Add(NpgsqlDbType.Jsonb, value);

    public Columns<T> Bigint(Func<T, long> value) => Add(NpgsqlDbType.Bigint, value);

    public Columns<T> Integer(Func<T, int> value) => Add(NpgsqlDbType.Integer, value);

    public Columns<T> Numeric(Func<T, decimal> value) => Add(NpgsqlDbType.Numeric, value);

    public Columns<T> Time(Func<T, DateTimeOffset> value) => Add(NpgsqlDbType.TimestampTz, row => value(row).UtcDateTime);

    /// <summary>The columns of a statement's second set of rows, of which each row has any number. Positions of rows are from 1 on.</summary>
    public Columns<(T Row, long Position, TItem Item)> Each<TItem>(Func<T, IEnumerable<TItem>> items) =>
        new(parameters, [.. rows.SelectMany((row, index) => items(row).Select(item => (row, index + 1L, item)))]);

    private Columns<T> Add<TValue>(NpgsqlDbType type, Func<T, TValue> value)
    {
        var values = new TValue[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        parameters.Add(new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values });
        return this;
    }
}
