using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Storage.Migrations;

namespace OrleansDaap.Server;

/// <summary>Turns what stops a start into words for the person who started it.</summary>
internal static class StartFailure
{
    /// <summary>The explanation; null for a fault of ours, which is shown with its stack.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException options => Mistakes(options.Failures),
        AggregateException several when several.InnerExceptions.All(one => one is OptionsValidationException) =>
            Mistakes(several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(one => one.Failures)),
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } => Mistakes([exception.Message]),
        IOException { InnerException: SocketException or Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"The server cannot listen: {exception.Message} Set ASPNETCORE_URLS to another address.",
        StoreUnavailableException { InnerException: { } cause } => $"The server cannot start: {exception.Message} {cause.Message}",
        InvalidOperationException or UnauthorizedAccessException or IOException or StoreUnavailableException
            or SchemaMismatchException or ClusterFailureException or ToolFailedException or KubeconfigException => $"The server cannot start: {exception.Message}",
        _ => null,
    };

    private static string Mistakes(IEnumerable<string> mistakes) =>
        $"The configuration holds mistakes:{string.Concat(mistakes.Select(mistake => $"{Environment.NewLine}  - {mistake}"))}";
}
