using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrleansDaap.IntegrationTests.Servers;
using OrleansDaap.Testing;
using Xunit;
using Xunit.Abstractions;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>
/// Requests made of openapi.json, right and wrong ones, against the whole server: whatever is sent, the answer is one that the description
/// has. DAAP_SOAK=1 sends ten times as many, from a new seed each time; DAAP_FUZZ_SEED repeats a run.
/// </summary>
[Collection(UsesPostgres.Name)]
public sealed class FuzzTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Requests = 1200;
    private const int SoakRequests = 12000;
    private const int MostFailures = 10;
    private const int MostShown = 1000;

    [PostgresFact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task Whatever_is_sent_is_answered_as_the_description_says()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("DAAP_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
            : Soak.IsOn ? Random.Shared.Next() : 1;
        output.WriteLine($"seed {seed}");
        await using var server = await InProcessServer.StartAsync(await postgres.Server.CreateDatabaseAsync());
        using var run = await FuzzRun.StartAsync(server, seed);

        var failures = new List<string>();
        for (var sent = 0; sent < Soak.Of(Requests, SoakRequests) && failures.Count < MostFailures; sent++)
        {
            var (request, answer) = await run.SendAsync();
            if (answer.Mistake is { } mistake)
            {
                failures.Add(
                    $"{mistake}: request {sent} to {request.Operation.Id} (wrong in {string.Join(", ", request.Mutations)})\n{request.ToCurl(server.Address)}\n"
                    + $"{answer.Status} {answer.Text[..Math.Min(answer.Text.Length, MostShown)]}");
            }
        }

        Assert.True(failures.Count == 0, $"DAAP_FUZZ_SEED={seed}\n\n{string.Join("\n\n", failures)}\n\n{string.Join('\n', server.Logs.Messages.Take(MostFailures))}");
        Assert.True(!run.NeverSucceeded.Any(), $"never a success:\n{string.Join('\n', run.NeverSucceeded)}");
        Assert.Empty(server.Logs.Messages);
        await AssertWellAsync(server);
    }

    private static async Task AssertWellAsync(InProcessServer server)
    {
        using var health = await server.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using var tier = await server.Http.PostAsync("/tiers", new StringContent(Api.Bodies.Tier, Encoding.UTF8, "application/json"));
        Assert.Contains(tier.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict });
        using var database = await server.Http.PostAsJsonAsync("/databases", new { name = "after-all", owner_team = "afterwards", purpose = "normal work", tier = "production" });
        Assert.Equal(HttpStatusCode.Accepted, database.StatusCode);
        Assert.Equal("after-all", (await database.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("name").GetString());
    }
}
