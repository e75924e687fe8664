using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Testing.LocalPostgres;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

public sealed class OwnedFilesTests
{
    [Fact]
    public async Task A_directory_whose_making_was_cut_short_is_made_whole()
    {
        await using var installation = new LocalInstallation();
        var files = installation.Services.GetRequiredService<OwnedFiles>();
        var path = Path.Combine(installation.DataDirectory, "log");
        Directory.CreateDirectory(OwnedFiles.Half(path));

        files.MakeDirectory(path, FileModes.PrivateDirectory, FileOwner.Tools);

        Assert.Equal(FileModes.PrivateDirectory, File.GetUnixFileMode(path));
        Assert.False(Directory.Exists(OwnedFiles.Half(path)));
    }
}
