using System.Diagnostics;
using OpenTelemetry;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Telemetry;

/// <summary>Puts the database's id on each turn of its grain, on whichever silo: neither knows what its grains are about.</summary>
internal sealed class DatabaseTag : BaseProcessor<Activity>
{
    private const string DatabaseGrains = "database/";

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem("rpc.orleans.target_id") is string target && target.StartsWith(DatabaseGrains, StringComparison.Ordinal))
            data.SetTag(DatabaseTelemetry.DatabaseTag, target[DatabaseGrains.Length..]);
    }
}
