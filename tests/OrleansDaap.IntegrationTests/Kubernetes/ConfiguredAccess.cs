using OrleansDaap.CloudNativePg.Kubernetes.Configuration;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A folder with what configures access to a cluster.</summary>
internal sealed class ConfiguredAccess : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("daap-kube-").FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A credential program: a shell script that counts its runs in a file beside it.</summary>
    public string WriteProgram(string name, string lines)
    {
        var path = Write(name, $"#!/bin/sh\nprintf x >> '{Folder}/runs'\n{lines}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public int Runs => File.Exists(Path.Combine(Folder, "runs")) ? File.ReadAllText(Path.Combine(Folder, "runs")).Length : 0;

    public ClusterAccess Load(string kubeconfig, TimeProvider? time = null, string? context = null) =>
        Kubeconfig.Load(Write("config", kubeconfig), context, time ?? TimeProvider.System);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
