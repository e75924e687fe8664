using System.Net.Http.Json;
using System.Text.Json;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>Takes steps, one after the other, and notes in the model what the server has promised by its answers.</summary>
internal sealed class LifecycleRun(CrashableServer server)
{
    private int _requests;

    public Model Model { get; } = new();

    public async Task PrepareAsync()
    {
        foreach (var tier in new[]
            {
                new Model.Tier("soft", DestructionStrategy.Freeze), new Model.Tier("plain", DestructionStrategy.Hard), new Model.Tier("safe", DestructionStrategy.Archive),
            })
        {
            var answer = await SendAsync(HttpMethod.Post, "/tiers", _ => new
            {
                id = tier.Id,
                description = "For trying things out",
                postgres_version = 15,
                instances = 1,
                cpu_cores = tier.CpuCores,
                memory_gib = 1,
                storage = new { size_gib = 1 },
                destruction_strategy = WireName.Of(tier.Strategy),

                // Its first backup, those that are asked for, and the last one.
                backup = tier.TakesBackups ? new { schedule = "0 0 1 6 *", retention_days = 7 } : null,
                drill = tier.TakesBackups ? "0 0 1 6 *" : null,
                archive_retention_days = tier.TakesBackups ? 3650 : (int?)null,
            });
            Accept(answer, 201);
            Model.Tiers.Add(tier);
        }
    }

    public Task TakeAsync(LifeStep step)
    {
        var tier = Model.Tiers[step.Which % Model.Tiers.Count];
        var database = Model.Databases.Count == 0 ? null : Model.Databases[step.Which % Model.Databases.Count];
        return step.Kind switch
        {
            StepKind.Create => CreateAsync(tier, step),
            StepKind.ChangeTier => ChangeTierAsync(tier, step),
            StepKind.SetQuota => SetQuotaAsync(tier, step),
            StepKind.Describe => On(database, one => DescribeAsync(one, step)),
            StepKind.Delete => On(database, one => DeleteAsync(one, force: false, step)),
            StepKind.ForceDelete => On(database, one => DeleteAsync(one, force: true, step)),
            StepKind.Unfreeze => On(database, one => UnfreezeAsync(one, step)),
            StepKind.Move => On(database, one => MoveAsync(one, step)),
            StepKind.BackUp => On(database, one => BackUpAsync(one, step)),
            StepKind.Restore => On(database, one => RestoreAsync(one, step)),
            StepKind.Wait => Do(() => server.Clock.Advance(TimeSpan.FromSeconds(1 << step.Amount))),
            StepKind.Settle => new Invariants(server, this).HoldAsync(),
            StepKind.LoseBackend => Do(() => server.Backend.Unreachable = true),
            StepKind.FindBackend => Do(() => server.Backend.Unreachable = false),
            StepKind.BreakCluster => On(database, one => Do(() => Break(one.Id))),
            StepKind.StallCluster => On(database, one => Do(() => Stall(one.Id))),
            StepKind.HealCluster => On(database, one => Do(() => Heal(one.Id))),
            StepKind.BreakBackups => On(database, one => Do(() => BreakBackups(one.Id))),
            StepKind.KillCluster => On(database, one => Do(() => server.Backend.Crash(one.Id))),
            StepKind.Crash => CrashAsync(),
        };
    }

    public void Heal(DatabaseId id)
    {
        Model.Broken.Remove(id);
        Model.Stalled.Remove(id);
        Model.WithoutBackups.Remove(id);
        server.Backend.Heal(id);
        server.Backend.HealBackups(id);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await server.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"GET {path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200{(cursor is null ? "" : $"&cursor={cursor}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return items;
    }

    private static Task On(Model.Database? database, Func<Model.Database, Task> step) => database is null ? Task.CompletedTask : step(database);

    private static Task Do(Action step)
    {
        step();
        return Task.CompletedTask;
    }

    private async Task CreateAsync(Model.Tier tier, LifeStep step)
    {
        var answer = await SendAsync(HttpMethod.Post, "/databases", id => new { name = id, owner_team = "checkout", purpose = "x", tier = tier.Id }, step);
        var made = answer.Status switch
        {
            202 => answer.Body,
            null => await FindAsync(answer.RequestId),
            _ => (JsonElement?)null,
        };
        if (made is not { } body)
        {
            Refuse(answer, "quota-exceeded", isAllowed: tier.Limit is not null);
            return;
        }

        Accept(answer, 202);
        Model.Databases.Add(new(new DatabaseId(body.GetProperty("id").GetString()!), tier.Id, tier.CpuCores));
        Assert.True(tier.Limit is null || Model.Held(tier) <= tier.Limit, $"{tier.Id} has places for {tier.Limit}, and {Model.Held(tier)} hold one.");
    }

    private async Task DescribeAsync(Model.Database database, LifeStep step)
    {
        var answer = await SendAsync(HttpMethod.Patch, $"/databases/{database.Id}", id => new { purpose = id }, step);
        if (answer.Status is 200 || (answer.Status is null && (await GetAsync($"/databases/{database.Id}")).GetProperty("purpose").GetString() == answer.RequestId))
        {
            Accept(answer, 200);
            database.Purpose = answer.RequestId;
        }
        else
        {
            Refuse(answer, "invalid-state", isAllowed: database.Wanted == WantedCluster.Gone);
        }
    }

    private async Task DeleteAsync(Model.Database database, bool force, LifeStep step)
    {
        var strategy = force ? DestructionStrategy.Hard : Model.Tiers.Single(tier => tier.Id == database.Tier).Strategy;
        var answer = await SendAsync(HttpMethod.Delete, $"/databases/{database.Id}{(force ? "?force=true" : "")}", body: null, step);
        await AcceptWantAsync(
            database,
            answer,
            database.Wanted == WantedCluster.Gone ? WantedCluster.Gone : strategy switch
            {
                // Half a restore is undone.
                DestructionStrategy.Freeze => database.RestoredFrom is not null && await WantedAsync(database.Id) is WantedCluster.Gone ? WantedCluster.Gone : WantedCluster.Frozen,
                DestructionStrategy.Hard => WantedCluster.Gone,

                // One that never served is only removed.
                DestructionStrategy.Archive => await WantedAsync(database.Id) is WantedCluster.Gone ? WantedCluster.Gone : WantedCluster.Archived,
            },
            () => throw new InvalidOperationException($"A deletion was refused: {answer}"));
    }

    private async Task BackUpAsync(Model.Database database, LifeStep step)
    {
        var answer = await SendAsync(HttpMethod.Post, $"/databases/{database.Id}/backups", _ => new { type = step.Amount % 2 == 0 ? "full" : "incremental" }, step);
        if (answer.Status is 202)
        {
            Accept(answer, 202);
            Assert.Equal(WantedCluster.Running, database.Wanted);
        }
        else if (answer.Status is null)
        {
            // Which of its backups it would be nobody was told.
            Model.Requests[answer.RequestId] = null;
        }
        else
        {
            var takesNone = !Model.Tiers.Single(tier => tier.Id == database.Tier).TakesBackups;
            Refuse(answer, takesNone ? "backup-not-configured" : "invalid-state", isAllowed: true);
        }
    }

    private async Task RestoreAsync(Model.Database source, LifeStep step)
    {
        var shown = (await GetAsync($"/databases/{source.Id}")).GetProperty("backup");
        var moment = shown.ValueKind == JsonValueKind.Object && shown.GetProperty("earliest_restore_at") is { ValueKind: JsonValueKind.String } earliest
            ? earliest.GetDateTimeOffset()
            : server.Clock.GetUtcNow();
        var answer = await SendAsync(HttpMethod.Post, $"/databases/{source.Id}/restore", id => new { target_time = moment, name = id }, step);
        var made = answer.Status switch
        {
            202 => answer.Body,
            null => await FindAsync(answer.RequestId),
            _ => (JsonElement?)null,
        };
        if (made is { } body)
        {
            Accept(answer, 202);
            Model.Databases.Add(new(new DatabaseId(body.GetProperty("id").GetString()!), source.Tier, source.CpuCores) { RestoredFrom = source.Id });
            Assert.NotEqual(WantedCluster.Gone, source.Wanted);
            Assert.Equal(source.Id.Value, body.GetProperty("restored_from").GetProperty("database_id").GetString());
            return;
        }

        var code = answer.Status is null ? "" : answer.Body.GetProperty("code").GetString()!;
        var tier = Model.Tiers.Single(tier => tier.Id == source.Tier);
        Refuse(answer, code, isAllowed: code switch
        {
            "quota-exceeded" => tier.Limit is not null,
            "invalid-state" => source.Wanted == WantedCluster.Gone,
            _ => code is "backup-not-configured" or "restore-target-out-of-range",
        });
    }

    private async Task UnfreezeAsync(Model.Database database, LifeStep step)
    {
        var answer = await SendAsync(HttpMethod.Post, $"/databases/{database.Id}/unfreeze", body: null, step);

        // Frozen is what it becomes only some time after it was asked to.
        await AcceptWantAsync(database, answer, WantedCluster.Running, () => Refuse(answer, "invalid-state", isAllowed: true));
        Assert.True(answer.Status != 202 || database.Wanted == WantedCluster.Running);
    }

    private async Task MoveAsync(Model.Database database, LifeStep step)
    {
        var target = Model.Tiers[step.Amount % Model.Tiers.Count];
        var before = await PlaceAsync(database);
        var answer = await SendAsync(HttpMethod.Post, $"/databases/{database.Id}/tier", _ => new { tier = target.Id }, step);
        if (answer.Status is 202 || (answer.Status is null && await PlaceAsync(database) != before))
        {
            Accept(answer, 202);
            (database.Tier, database.CpuCores) = (target.Id, target.CpuCores);
            Model.Moving.Add(database.Id);
        }
        else if (answer.Status is null)
        {
            // To where it is already, it may have been moved without a change.
            Model.Requests[answer.RequestId] = before.Tier == target.Id ? null : false;
        }
        else
        {
            var isFull = target.Limit is not null && answer.Body.GetProperty("code").GetString() == "quota-exceeded";
            Refuse(answer, isFull ? "quota-exceeded" : "invalid-state", isAllowed: true);
        }
    }

    private async Task<(string? Tier, int Revision)> PlaceAsync(Model.Database database)
    {
        var shown = await GetAsync($"/databases/{database.Id}");
        return (shown.GetProperty("tier").GetString(), shown.GetProperty("tier_revision").GetInt32());
    }

    private async Task AcceptWantAsync(Model.Database database, ApiAnswer answer, WantedCluster wanted, Action refused)
    {
        if (answer.Status is null)
        {
            var now = await WantedAsync(database.Id);
            Assert.Contains(now, new[] { database.Wanted, wanted });
            Model.Requests[answer.RequestId] = now != database.Wanted ? true : database.Wanted == wanted ? null : false;
            database.Wanted = now;
        }
        else if (answer.Status is 202)
        {
            Accept(answer, 202);
            database.Wanted = wanted;
        }
        else
        {
            refused();
        }
    }

    private async Task ChangeTierAsync(Model.Tier tier, LifeStep step)
    {
        var cores = 1 + step.Amount;
        var answer = await SendAsync(HttpMethod.Patch, $"/tiers/{tier.Id}", _ => new { cpu_cores = cores }, step);
        var now = answer.Status is null ? (await GetAsync($"/tiers/{tier.Id}")).GetProperty("cpu_cores").GetInt32() : cores;
        AcceptValue(answer, changed: now != tier.CpuCores, mayBe: cores == tier.CpuCores);
        tier.CpuCores = now;
    }

    private async Task SetQuotaAsync(Model.Tier tier, LifeStep step)
    {
        int? limit = step.Amount == 6 ? null : step.Amount + 1;
        var answer = await SendAsync(
            HttpMethod.Put, $"/tiers/{tier.Id}/quota", _ => new { cpu_cores = (int?)null, memory_gib = (int?)null, storage_gib = (int?)null, databases = limit }, step);
        var now = answer.Status is null ? await LimitAsync(tier) : limit;
        AcceptValue(answer, changed: now != tier.Limit, mayBe: limit == tier.Limit);
        tier.Limit = now;
    }

    private async Task<int?> LimitAsync(Model.Tier tier)
    {
        var limit = (await GetAsync($"/tiers/{tier.Id}/quota")).GetProperty("limits").GetProperty("databases");
        return limit.ValueKind == JsonValueKind.Null ? null : limit.GetInt32();
    }

    /// <summary>Under whatever status: the only database that was ever called so.</summary>
    private async Task<JsonElement?> FindAsync(string name)
    {
        var found = (await ListAsync($"/databases?name={name}")).Concat(await ListAsync($"/databases?name={name}&status=deleted")).ToArray();
        return found.Length == 0 ? null : Assert.Single(found);
    }

    /// <summary>As its latest operation says.</summary>
    private async Task<WantedCluster> WantedAsync(DatabaseId id) =>
        (await ListAsync($"/databases/{id}/operations")).Select(operation => operation.GetProperty("kind").GetString()).First(kind => kind != "backup") switch
        {
            "freeze" => WantedCluster.Frozen,
            "archive" => WantedCluster.Archived,
            "hard-delete" => WantedCluster.Gone,
            _ => WantedCluster.Running,
        };

    private void Accept(ApiAnswer answer, int status)
    {
        Assert.True(answer.Status is null || answer.Status == status, $"{status} was expected: {answer}");
        Model.Requests[answer.RequestId] = true;
    }

    private void AcceptValue(ApiAnswer answer, bool changed, bool mayBe)
    {
        Assert.True(answer.Status is null or 200, $"200 was expected: {answer}");
        Model.Requests[answer.RequestId] = answer.Status is 200 || changed ? true : mayBe ? null : false;
    }

    private void Refuse(ApiAnswer answer, string code, bool isAllowed)
    {
        Assert.True(answer.Status is null || (isAllowed && answer.Body.GetProperty("code").GetString() == code), $"{code} is no reason here: {answer}");
        Model.Requests[answer.RequestId] = false;
    }

    private void Break(DatabaseId id)
    {
        Model.Broken.Add(id);
        server.Backend.FailWith(id, "disk-full", "The disk is full; make room.");
    }

    private void BreakBackups(DatabaseId id)
    {
        Model.WithoutBackups.Add(id);
        server.Backend.FailBackupsWith(id, "repository-unavailable", "The repository does not answer.");
        server.Backend.FailDrillsWith(id, "repository-unavailable", "The repository does not answer.");
    }

    private void Stall(DatabaseId id)
    {
        Model.Stalled.Add(id);
        server.Backend.Stall(id);
    }

    private async Task CrashAsync()
    {
        await server.CrashAsync();
        await server.StartAsync();
    }

    private async Task<ApiAnswer> SendAsync(HttpMethod method, string path, Func<string, object>? body, LifeStep? step = null)
    {
        var id = $"r{++_requests}";
        if (step?.CrashAfter is not { } after)
            return await SendAsync(method, path, id, body?.Invoke(id));
        using var transactions = new TransactionCount(after);
        var sent = SendAsync(method, path, id, body?.Invoke(id));
        await Task.WhenAny(sent, transactions.Reached);
        await server.CrashAsync();
        var answer = await sent;
        await server.StartAsync();
        return answer;
    }

    private async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string id, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Request-Id", id);
        try
        {
            using var answer = await server.Http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return new(id, (int)answer.StatusCode is >= 500 ? null : (int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        catch (HttpRequestException)
        {
            return new(id, null, default);
        }
    }
}
