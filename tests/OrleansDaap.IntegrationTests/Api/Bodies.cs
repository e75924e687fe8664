namespace OrleansDaap.IntegrationTests.Api;

/// <summary>Requests that are accepted.</summary>
internal static class Bodies
{
    /// <summary>The tier of the contract, "production".</summary>
    public const string Tier = """
        {"id":"production","description":"Highly available, hourly backups","postgres_version":15,
         "instances":3,"cpu_cores":2,"memory_gib":8,"storage":{"size_gib":100,"class":"fast"},
         "backup":{"schedule":"0 * * * *","retention_days":30},
         "pooling":{"mode":"transaction","max_connections":200},
         "destruction_strategy":"archive","archive_retention_days":90}
        """;

    public const string Database = """{"name":"orders","owner_team":"checkout","purpose":"order history","tier":"production"}""";

    public const string ApiKey = """{"team":"checkout","role":"product-team"}""";
}
