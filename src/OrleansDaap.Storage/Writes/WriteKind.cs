using Npgsql;

namespace OrleansDaap.Storage.Writes;

/// <summary>
/// How writes of one kind are executed: one statement for all of them, fed with an array per column. It answers rows of
/// (position from 1 on, new version), one for each write that took effect.
/// </summary>
internal abstract class WriteKind(string sql)
{
    public NpgsqlBatchCommand Command(IReadOnlyList<Write> writes)
    {
        var command = new NpgsqlBatchCommand(sql);
        Bind(command.Parameters, writes);
        return command;
    }

    public static async Task ReadAsync(NpgsqlDataReader reader, IReadOnlyList<Write> writes)
    {
        while (await reader.ReadAsync())
        {
            writes[(int)reader.GetInt64(0) - 1].NewVersion = reader.GetInt64(1);
        }
    }

    protected abstract void Bind(NpgsqlParameterCollection parameters, IReadOnlyList<Write> writes);
}
