namespace OrleansDaap.Benchmarks;

/// <summary>An empty directory that is removed in the end; short, for it holds Unix sockets.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public ScratchDirectory()
    {
        Path = Directory.CreateTempSubdirectory("daap-bench-").FullName;
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.GroupRead | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
