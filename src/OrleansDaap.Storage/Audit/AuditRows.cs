using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Audit;

/// <summary>Adds the audit entries of a statement's writes in that statement: each if and only if its write took effect.</summary>
internal static class AuditRows
{
    private const string Columns = "id, at, request_id, team, role, api_key_id, action, resource, outcome, status, remote_address";

    /// <summary>The data-modifying query to put into the statement. An entry that is there already stays: it is the same one.</summary>
    /// <param name="done">The query of the statement that has the <c>position</c> of each write that took effect.</param>
    /// <param name="first">The number of the first of its twelve parameters, the statement's last ones.</param>
    public static string Insert(string done, int first) =>
        $"""
        INSERT INTO audit_log ({Columns}) SELECT {Columns}
        FROM unnest({string.Join(", ", Enumerable.Range(first, 12).Select(number => $"${number}"))}) AS entry (position, {Columns})
        JOIN {done} USING (position) ON CONFLICT (id) DO NOTHING
        """;

    /// <summary>Gives those parameters.</summary>
    public static void Bind<TWrite>(Columns<TWrite> columns, Func<TWrite, AuditEntry?> entry)
        where TWrite : Write =>
        columns.Each<AuditEntry>(write => entry(write) is { } one ? [one] : [])
            .Bigint(row => row.Position).Text(row => row.Item.Id).Time(row => row.Item.At).Text(row => row.Item.RequestId)
            .Text(row => row.Item.Team).Text(row => row.Item.Role).Text(row => row.Item.ApiKeyId)
            .Text(row => row.Item.Action).Text(row => row.Item.Resource).Text(row => row.Item.Outcome)
            .Integer(row => row.Item.Status).Text(row => row.Item.RemoteAddress);
}
