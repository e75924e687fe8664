using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Keeps each cluster's record in its own directory, where it lives and dies with the cluster.</summary>
internal sealed class ClusterStore(DataDirectory data, OwnedFiles files, ILogger<ClusterStore> logger)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>Every database that has anything here, half-made and half-destroyed ones included.</summary>
    public IReadOnlyList<DatabaseId> List()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var directory in Directory.EnumerateDirectories(data.Clusters).Concat(Directory.EnumerateDirectories(data.Credentials)))
        {
            if (DatabaseId.TryParse(Path.GetFileName(directory), out var id)) found.Add(id.Value);
            else logger.StrangeDirectory(directory);
        }

        return [.. found.Select(value => new DatabaseId(value))];
    }

    /// <summary>Null when there is none. Throws when there is one that cannot be read.</summary>
    public ClusterRecord? Read(DatabaseId id)
    {
        var file = FileOf(id);
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize<ClusterRecord>(File.ReadAllText(file), Format);
        }
        catch (JsonException failure)
        {
            throw new ClusterFailureException("cluster-record-unreadable", $"{file} cannot be understood: {failure.Message}", failure);
        }
    }

    public void Write(ClusterRecord record) =>
        files.Write(FileOf(record.Spec.Id), JsonSerializer.Serialize(record, Format) + "\n", FileModes.PrivateFile, FileOwner.Server);

    private string FileOf(DatabaseId id) => Path.Combine(data.ClusterOf(id), "cluster.json");
}
