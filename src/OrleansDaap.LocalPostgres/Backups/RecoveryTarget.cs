using System.Globalization;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Where PostgreSQL stops to replay changes: a line of its settings.</summary>
/// <param name="Setting">The line.</param>
/// <param name="MayLieBeyond">It may be after the last change, and then means that.</param>
internal sealed record RecoveryTarget(string Setting, bool MayLieBeyond = false)
{
    /// <summary>After the last change that is archived.</summary>
    public static RecoveryTarget End { get; } = new("");

    /// <summary>Exact to the microsecond, as PostgreSQL's own times are.</summary>
    public static RecoveryTarget Time(DateTimeOffset time) => new(
        $"recovery_target_time = '{time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'",
        MayLieBeyond: true);

    /// <summary>Of <c>pg_create_restore_point</c>.</summary>
    public static RecoveryTarget Point(string name) => new($"recovery_target_name = '{name}'");

    /// <summary>After the change that begins there.</summary>
    public static RecoveryTarget Change(string lsn) => new($"recovery_target_lsn = '{lsn}'");

    public string Conf(string fetchCommand) => $"""
        restore_command = '{fetchCommand}'
        {Setting}
        recovery_target_inclusive = on
        recovery_target_action = promote
        recovery_target_timeline = latest
        hot_standby = off
        logging_collector = off
        shared_preload_libraries = 'pgaudit'
        pgaudit.log = 'none'

        """;
}
