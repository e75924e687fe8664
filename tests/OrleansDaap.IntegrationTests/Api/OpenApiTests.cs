using System.Runtime.CompilerServices;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_committed_description_is_what_the_running_code_answers()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("GET", "/openapi.json", key: null);
        Assert.Equal(200, answer.Status);

        var text = answer.Text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var committed = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/OrleansDaap.Server/openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1")
            await File.WriteAllTextAsync(committed, text);
        Assert.True(await File.ReadAllTextAsync(committed) == text, "openapi.json has drifted; run this test with UPDATE_OPENAPI=1 and review.");
    }

    [Fact]
    public async Task Every_endpoint_has_a_path_a_name_a_summary_and_the_problems_that_all_have()
    {
        await using var host = await ApiHost.StartAsync();
        var description = (await host.SendAsync("GET", "/openapi.json", key: null)).Json;
        var operations = description.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToList();
        Assert.Equal(Endpoints.Named(host).Count(endpoint => endpoint.Name != "get-description"), operations.Count);
        Assert.All(operations, operation =>
        {
            Assert.NotEmpty(operation.Value.GetProperty("operationId").GetString()!);
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("500", out _));
        });
    }

    [Fact]
    public async Task Every_body_and_every_answer_has_an_example_and_every_answer_its_request_id()
    {
        await using var host = await ApiHost.StartAsync();
        var description = (await host.SendAsync("GET", "/openapi.json", key: null)).Json;
        var operations = description.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToList();
        var bodies = operations.Where(operation => operation.Value.TryGetProperty("requestBody", out _)).Select(operation => operation.Value.GetProperty("requestBody"));
        var answers = operations.SelectMany(operation => operation.Value.GetProperty("responses").EnumerateObject()).Select(answer => answer.Value).ToList();
        var contents = bodies.Concat(answers.Where(answer => answer.TryGetProperty("content", out _)))
            .SelectMany(body => body.GetProperty("content").EnumerateObject());

        Assert.All(contents, content => Assert.True(
            content.Value.TryGetProperty("example", out _) || content.Value.GetProperty("examples").EnumerateObject().Any(), content.Value.ToString()));
        Assert.All(answers, answer => Assert.True(answer.GetProperty("headers").TryGetProperty("X-Request-Id", out _), answer.ToString()));
    }

    [Fact]
    public async Task No_name_of_the_code_shows()
    {
        await using var host = await ApiHost.StartAsync();
        var text = (await host.SendAsync("GET", "/openapi.json", key: null)).Text;
        foreach (var name in (string[])["OrleansDaap.", "System.", "cref", "Async", "`1", "Response\"", "IResult"])
            Assert.DoesNotContain(name, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_docs_are_served_from_here_alone()
    {
        await using var host = await ApiHost.StartAsync();
        var page = await host.SendAsync("GET", "/docs/index.html", key: null);
        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("GET", "/docs/swagger-ui-bundle.js", key: null)).Status);
        Assert.Equal(200, (await host.SendAsync("GET", "/docs", key: null)).Status);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
