using OrleansDaap.LocalPostgres;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>A data directory below one that is closed to the tools' user, as root's home is.</summary>
[RequiresLocalPostgres, RequiresRoot]
public sealed class ClosedDataDirectoryTests : IAsyncLifetime
{
    private readonly string _closed = Directory.CreateTempSubdirectory("daap-closed-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(_closed, recursive: true);
        return Task.CompletedTask;
    }

    [DependentFact]
    public async Task Databases_lie_elsewhere_and_secrets_stay()
    {
        // Longer than a socket's address may be.
        var parent = Directory.CreateDirectory(Path.Combine(_closed, new string('d', 100))).FullName;
        await using var installation = new LocalInstallation(null, parent);
        Assert.True(new LocalPostgresOptionsValidator().Validate(null, new LocalPostgresOptions { DataDirectory = installation.DataDirectory }).Succeeded);
        var database = await TestDatabase.CreateAsync(installation);

        Assert.StartsWith(ToolsDirectory.Elsewhere + "/", installation.ToolsDirectory, StringComparison.Ordinal);
        Assert.Equal(FileModes.PassableDirectory, File.GetUnixFileMode(installation.ToolsDirectory));
        Assert.Equal("1", await database.AskAsync("SELECT 1"));
        Assert.StartsWith(installation.DataDirectory + "/", database.Endpoint.Credentials.Path, StringComparison.Ordinal);
        Assert.StartsWith(installation.DataDirectory + "/", database.Endpoint.Ca.Path, StringComparison.Ordinal);

        await installation.RestartServerAsync();
        await database.ReadyAsync();
        Assert.Single(installation.Logs.Messages, said => said.Contains(installation.ToolsDirectory, StringComparison.Ordinal) && said.Contains(_closed, StringComparison.Ordinal));
        await database.DestroyAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(installation.ToolsDirectory, "clusters")));
    }

    [DependentFact]
    public async Task A_copy_of_the_data_directory_does_not_share_the_databases()
    {
        await using var installation = new LocalInstallation(null, _closed);
        await installation.Backend.StartAsync(default);
        var copy = new LocalInstallation(null, _closed);
        Directory.CreateDirectory(copy.DataDirectory);
        File.Copy(Path.Combine(installation.DataDirectory, ToolsDirectory.Pointer), Path.Combine(copy.DataDirectory, ToolsDirectory.Pointer));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => copy.Backend.StartAsync(default));
        Assert.Contains("another server", refused.Message, StringComparison.Ordinal);
        await copy.RestartServerAsync();
    }

    [DependentFact]
    public async Task A_directory_closed_after_databases_were_made_is_refused_with_what_to_do()
    {
        File.SetUnixFileMode(_closed, FileModes.PassableDirectory);
        await using var installation = new LocalInstallation(null, _closed);
        await installation.Backend.StartAsync(default);
        await installation.RestartServerAsync();
        File.SetUnixFileMode(_closed, FileModes.PrivateDirectory);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => installation.Backend.StartAsync(default));
        Assert.Contains($"chmod o+x {_closed}", refused.Message, StringComparison.Ordinal);
    }
}
