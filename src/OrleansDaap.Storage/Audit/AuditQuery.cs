using System.Text;
using Npgsql;
using OrleansDaap.Access;
using OrleansDaap.Common;

namespace OrleansDaap.Storage.Audit;

/// <summary>Makes the statement for one page: along one index, newest first, up to the limit.</summary>
internal sealed class AuditQuery(NpgsqlCommand command)
{
    /// <summary>The outcome that the partial index leaves out.</summary>
    private const string Accepted = "accepted";

    private readonly StringBuilder _conditions = new();
    private bool _driven;

    public void Ask(AuditFilter filter, int limit, string? after)
    {
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });

        // The most selective one picks the index; the others are put in a way that no index serves.
        Where("resource", filter.Resource);
        Where("api_key_id", filter.ApiKeyId);
        if (filter.Outcome is not (null or Accepted))
        {
            _conditions.Append($" AND outcome <> '{Accepted}'");
            Where("outcome", filter.Outcome);
        }

        Where("action", filter.Action);
        Where("team", filter.Team);
        if (filter.Outcome == Accepted)
            Where("outcome", Accepted, mayDrive: false);

        // An id says its entry's millisecond: it bounds the index, and the exact time settles the rest.
        if (filter.From is { } from)
            _conditions.Append($" AND id >= {Add(SortableId.First(from))} AND at >= {Add(from.UtcDateTime)}");
        if (filter.To is { } to)
            _conditions.Append($" AND id < {Add(SortableId.First(Later(to)))} AND at < {Add(to.UtcDateTime)}");
        if (after is not null)
            _conditions.Append($" AND id < {Add(after)}");
        command.CommandText =
            "SELECT id, at, request_id, team, role, api_key_id, action, resource, outcome, status, remote_address FROM audit_log"
            + $" WHERE true{_conditions} ORDER BY id DESC LIMIT $1";
    }

    /// <summary>The next millisecond; the last one that there is has none.</summary>
    private static DateTimeOffset Later(DateTimeOffset to) => to < DateTimeOffset.MaxValue.AddMilliseconds(-1) ? to.AddMilliseconds(1) : to;

    private void Where(string column, string? value, bool mayDrive = true)
    {
        if (value is null)
            return;
        var drives = mayDrive && !_driven;
        _conditions.Append($" AND {column} {(drives ? "=" : "IS NOT DISTINCT FROM")} {Add(value)}");
        _driven |= drives;
    }

    private string Add<T>(T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${command.Parameters.Count}";
    }
}
