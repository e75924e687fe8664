using System.Net;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>
/// Makes databases, freezes them, and removes them. It brings none back from frozen: a request that a frozen server still holds when its
/// client has long asked another one would be carried out late, and only a request that does nothing the second time is repeated.
/// </summary>
internal sealed class ChaosCaller(RetryingClient client, Pulse pulse, int number, Random random)
{
    private readonly List<ChaosDatabase> _databases = [];

    public IReadOnlyList<ChaosDatabase> Databases => _databases;

    public async Task RunAsync(CancellationToken enough)
    {
        for (var round = 0; !enough.IsCancellationRequested; round++)
        {
            var live = _databases.Where(database => database.Status != ChaosDatabase.Deleted).ToArray();
            if (live.Length == 0 || random.Next(5) < 2)
                await CreateAsync($"c{number}-r{round}x", live);
            else if (live[random.Next(live.Length)] is var one && (one.Status == ChaosDatabase.Frozen || random.Next(2) == 0))
                await DeleteAsync(one, "?force=true", ChaosDatabase.Deleted);
            else
                await DeleteAsync(one, "", ChaosDatabase.Frozen);
        }
    }

    private async Task CreateAsync(string name, ChaosDatabase[] live)
    {
        var answer = await client.SendAsync(HttpMethod.Post, "/databases", new { name, owner_team = "checkout", purpose = "a test", tier = Tiers.Name });
        if (answer.Status == HttpStatusCode.Accepted)
        {
            pulse.Beat();
            _databases.Add(new(answer["id"]));
            return;
        }

        if ((answer.Status, answer["code"]) != (HttpStatusCode.UnprocessableEntity, "quota-exceeded"))
            throw new InvalidOperationException($"{name}: {answer}");
        if (live.Length > 0)
            await DeleteAsync(live[0], "?force=true", ChaosDatabase.Deleted);
    }

    private async Task DeleteAsync(ChaosDatabase database, string how, string status)
    {
        var answer = await client.SendAsync(HttpMethod.Delete, $"/databases/{database.Id}{how}");
        if (answer.Status != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"{database.Id}{how}: {answer}");
        pulse.Beat();
        database.Status = status;
    }
}
