using System.Reflection;
using Microsoft.OpenApi;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>The API's description, made from the running code: <c>/openapi.json</c>, and <c>/docs</c> to browse it.</summary>
internal static class DescriptionModule
{
    public const string DocumentName = "v1";
    public const string BearerScheme = "bearer";
    public const string HeaderScheme = "api-key";

    public static IServiceCollection AddDaapDescription(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSingleton<ISerializerDataContractResolver>(_ => new JsonSerializerDataContractResolver(WireJson.Readable.Options));
        services.AddSingleton<OpenApiText>();
        return services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(DocumentName, new OpenApiInfo
            {
                Title = "OrleansDaap",
                Version = DocumentName,
                Description = "Databases as a service: ask for a PostgreSQL database of a tier, and get its connection.",
                Contact = new OpenApiContact { Name = "Your platform team" },
            });
            options.AddServer(new OpenApiServer { Url = "/" });
            options.AddServer(new OpenApiServer { Url = "/api/v1", Description = "The same resources." });
            options.AddSecurityDefinition(BearerScheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, as Authorization: Bearer.",
            });
            options.AddSecurityDefinition(HeaderScheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = AccessMiddleware.KeyHeader,
                Description = "An API key, in a header of its own.",
            });
            options.CustomSchemaIds(SchemaNames.Of);
            options.CustomOperationIds(endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName);
            options.SupportNonNullableReferenceTypes();
            options.UseAllOfToExtendReferenceSchemas();
            options.IncludeXmlComments(Assembly.GetExecutingAssembly());
            options.SchemaFilter<WireSchemaFilter>();
            options.OperationFilter<EndpointOperationFilter>();
            options.OperationFilter<AnswersOperationFilter>();
            options.DocumentFilter<SharedPartsFilter>();
        });
    }

    public static void UseDaapDocs(this WebApplication app) => app.UseSwaggerUI(options =>
    {
        options.RoutePrefix = "docs";
        options.DocumentTitle = "OrleansDaap";
        options.SwaggerEndpoint("../openapi.json", "OrleansDaap");
    });

    public static void MapDescription(this IEndpointRouteBuilder app) =>
        app.MapGet("/openapi.json", async (OpenApiText text) => TypedResults.Bytes(await text.GetAsync(), "application/json"))
            .WithName("get-description").RequiresNoKey().ExcludeFromDescription();
}
