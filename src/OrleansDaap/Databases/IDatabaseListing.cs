using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>Reads the same rows that the database grains write, so that a list never disagrees with a get.</summary>
public interface IDatabaseListing
{
    /// <summary>Newest first; stable while databases are added.</summary>
    /// <exception cref="ProblemException">validation-failed for a cursor that is none of ours.</exception>
    Task<Page<DatabaseState>> ListAsync(DatabaseFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>One database as it is stored, with the version that a get shows; null when there is none.</summary>
    Task<DatabaseState?> FindAsync(DatabaseId id, CancellationToken cancellationToken);

    /// <summary>How many databases there are in each status; a status without any is left out.</summary>
    Task<IReadOnlyDictionary<DatabaseStatus, int>> CountByStatusAsync(CancellationToken cancellationToken);

    /// <summary>Databases that there is still work to do on.</summary>
    IAsyncEnumerable<DatabaseId> ListUnsettledAsync(CancellationToken cancellationToken);

    /// <summary>Databases that are not deleted and have no reminder called <paramref name="reminder"/>.</summary>
    IAsyncEnumerable<DatabaseId> ListWithoutReminderAsync(string reminder, CancellationToken cancellationToken);
}
