using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>What the generator cannot know: answers always have all their members, and requests take no others.</summary>
internal sealed class WireSchemaFilter : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } properties } shape)
            return;
        if (context.Type.Name.EndsWith("Request", StringComparison.Ordinal))
            shape.AdditionalPropertiesAllowed = false;
    }
}
