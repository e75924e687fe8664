using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>
/// A client-go credential plugin: told of the cluster in its environment, it prints an <c>ExecCredential</c>. Whatever it prints stays here,
/// on standard error too, since nobody knows what is secret in it.
/// </summary>
internal sealed class ExecPlugin(TimeProvider time) : IExecPlugin
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task<Credential> RunAsync(ExecSettings settings, CancellationToken cancellationToken)
    {
        using var process = Start(settings);
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            await errors;
            return process.ExitCode == 0
                ? Read(settings, await output)
                : throw new CredentialException($"{settings.Command} ended with {process.ExitCode}. Run it by hand to see why.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new CredentialException($"{settings.Command} did not end within {Patience.TotalSeconds} seconds and was stopped.");
        }
    }

    private static Process Start(ExecSettings settings)
    {
        var start = new ProcessStartInfo(settings.Command, settings.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // It needs its user's environment (HOME, the cloud's variables), and none of the server's own settings, which may hold secrets.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in settings.Environment) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = Told(settings).ToJsonString();
        try
        {
            // Only LocalPostgres starts processes, and this: decisions/2026-11-21-credential-programs.md.
#pragma warning disable RS0030
            return Process.Start(start)!;
#pragma warning restore RS0030
        }
        catch (Win32Exception failure)
        {
            throw new CredentialException($"{settings.Command} could not be started: {failure.Message}. {settings.InstallHint}".TrimEnd());
        }
    }

    private static bool IsOurs(string variable) =>
        variable.StartsWith("Daap__", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase);

    private static JsonObject Told(ExecSettings settings)
    {
        var spec = new JsonObject { ["interactive"] = false };
        if (settings.Cluster is not null) spec["cluster"] = settings.Cluster.DeepClone();
        return new JsonObject { ["apiVersion"] = settings.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec };
    }

    private static Credential Read(ExecSettings settings, string output)
    {
        try
        {
            var answer = JsonNode.Parse(output)?.AsObject();
            if (answer?["kind"]?.GetValue<string>() != "ExecCredential" || answer["apiVersion"]?.GetValue<string>() != settings.ApiVersion)
            {
                throw new CredentialException($"{settings.Command} did not answer with an ExecCredential of {settings.ApiVersion}.");
            }

            var status = answer["status"];
            var token = status?["token"]?.GetValue<string>();
            var certificate = status?["clientCertificateData"]?.GetValue<string>();
            if (token is null && certificate is null) throw new CredentialException($"{settings.Command} answered without a token and without a certificate.");
            return new Credential
            {
                Token = token,
                Certificate = certificate is null ? null : PemCertificate.Read(certificate, status?["clientKeyData"]?.GetValue<string>() ?? ""),
                ExpiresAt = status?["expirationTimestamp"]?.GetValue<string>() is { } expires
                    ? DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                    : null,
            };
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            throw new CredentialException($"{settings.Command} answered something that is no ExecCredential.");
        }
    }
}
