using System.Runtime.CompilerServices;
using OrleansDaap.IntegrationTests.Servers;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Contract;

/// <summary>What others make of openapi.json: a linter, a validator of JSON Schema, and a generated client.</summary>
[RequiresLocalPostgres, RequiresNode, Collection(UsesPostgres.Name)]
public sealed class ContractClientTests(PostgresFixture postgres)
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../OrleansDaap.ContractClient"));
    private static readonly string Description = Path.GetFullPath(Path.Combine(Folder, "../../src/OrleansDaap.Server/openapi.json"));

    [DependentFact]
    public async Task The_linter_has_nothing_to_say()
    {
        var package = await NodePackage.InstallAsync(Folder);
        await package.RunAsync("@stoplight/spectral-cli/dist/index.js", "lint", Description, "--ruleset", ".spectral.yaml", "--fail-severity", "hint");
    }

    [DependentFact]
    public async Task A_generated_client_compiles_strictly_and_sees_valid_examples_and_a_databases_whole_life()
    {
        var package = await NodePackage.InstallAsync(Folder);
        await package.RunAsync("openapi-typescript/bin/cli.js", Description, "--output", "src/generated/api.ts");
        await package.RunAsync("typescript/bin/tsc", "--project", ".");
        await package.TestAsync("examples");
        await using var server = await InProcessServer.StartAsync(await postgres.Server.CreateDatabaseAsync());
        await package.TestAsync("life", ("DAAP_URL", server.Address.ToString().TrimEnd('/')), ("DAAP_KEY", server.Key));
        Assert.Empty(server.Logs.Messages);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
