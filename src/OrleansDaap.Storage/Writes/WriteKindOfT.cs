using Npgsql;

namespace OrleansDaap.Storage.Writes;

/// <summary>A kind of which all writes are <typeparamref name="TWrite"/>.</summary>
/// <param name="sql">See <see cref="WriteKind"/>.</param>
/// <param name="bind">Gives the statement's arrays, in the order of its parameters.</param>
internal sealed class WriteKind<TWrite>(string sql, Action<Columns<TWrite>> bind) : WriteKind(sql)
    where TWrite : Write
{
    protected override void Bind(NpgsqlParameterCollection parameters, IReadOnlyList<Write> writes)
    {
        var rows = new TWrite[writes.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (TWrite)writes[i];
        }

        bind(new Columns<TWrite>(parameters, rows));
    }
}
