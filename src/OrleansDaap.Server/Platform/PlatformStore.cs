using OrleansDaap.LocalPostgres.Platform;

namespace OrleansDaap.Server.Platform;

/// <summary>
/// Where the platform keeps its own records: the _configured PostgreSQL, or an embedded one, which is started before all else,
/// started again should it die, and stopped after all else.
/// </summary>
internal sealed partial class PlatformStore(
    IConfiguration configuration, PlatformCluster embedded, TimeProvider clock, ILogger<PlatformStore> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    private readonly string? _configured = configuration.GetConnectionString("Platform");
    private string? _connectionString;

    public string ConnectionString => _connectionString ?? throw new InvalidOperationException("The platform store has not been started.");

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _connectionString = string.IsNullOrWhiteSpace(_configured) ? await embedded.StartAsync(cancellationToken) : _configured;
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await embedded.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = LookEvery;
        while (string.IsNullOrWhiteSpace(_configured) && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || embedded.IsRunning)
            {
                continue;
            }

            try
            {
                LogDied(logger);
                await embedded.StartAsync(stoppingToken);
                pause = LookEvery;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotStarted(logger, exception);
                pause = PauseAfterFailure;
            }
        }
    }

    [LoggerMessage(5200, LogLevel.Error, "The platform's PostgreSQL has died and is started again")]
    private static partial void LogDied(ILogger logger);

    [LoggerMessage(5201, LogLevel.Error, "The platform's PostgreSQL could not be started")]
    private static partial void LogNotStarted(ILogger logger, Exception exception);
}
