using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.CloudNativePg;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Provisioning;
using OrleansDaap.Server;

namespace OrleansDaap.Benchmarks;

/// <summary>The server on CloudNativePG, where the operator is a double and no database runs: whoever it asks answers.</summary>
internal static class OperatedServer
{
    public const string Command = "serve-on-operator-double";

    public static Task<int> RunAsync(string[] args) => DaapServer.RunAsync(args, services => services
        .AddSingleton<IDatabaseLine, OpenLine>()
        .AddCloudNativePg(new ConfigurationBuilder().AddEnvironmentVariables().Build()));

    private sealed class OpenLine(TimeProvider time) : IDatabaseLine
    {
        public Task<bool> AnswersAsync(DatabaseAddress address, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PostgresExtension>?>([]);

        public Task<DateTimeOffset?> MarkAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
            Task.FromResult<DateTimeOffset?>(time.GetUtcNow());
    }
}
