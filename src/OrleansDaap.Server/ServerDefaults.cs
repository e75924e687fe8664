namespace OrleansDaap.Server;

/// <summary>What holds where neither appsettings.json, the environment nor the command line says otherwise.</summary>
internal static class ServerDefaults
{
    private const string Address = "http://127.0.0.1:8080";

    /// <summary>Once this has passed, what still runs is dropped; every accepted request goes on at the next start.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    public static void Apply(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });

        // Filters are read in order, and the configured ones come later.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical) // a failed start is explained by StartFailure
            .AddConfiguration(builder.Configuration.GetSection("Logging"));
        if (builder.Configuration["urls"] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(Address);
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
    }
}
