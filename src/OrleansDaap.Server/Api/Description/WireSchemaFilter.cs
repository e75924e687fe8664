using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using OrleansDaap.Server.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>
/// What the generator does not see: answers have all their members, requests take no others, a patch needs none, and what the
/// code says is never null is never null.
/// </summary>
internal sealed class WireSchemaFilter : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties.Count: > 0 } shape || context.MemberInfo is not null)
            return;
        DropNulls(context.Type, shape);
        shape.AdditionalPropertiesAllowed = !context.Type.Name.EndsWith("Request", StringComparison.Ordinal);
        if (context.Type == typeof(TierRequest))
            shape.Required = new HashSet<string>();
        else if (shape.AdditionalPropertiesAllowed)
            shape.Required = AlwaysWritten(context.Type);
    }

    private static void DropNulls(Type type, OpenApiSchema shape)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var member in Members(type))
        {
            if (nullability.Create(member).WriteState == NullabilityState.NotNull && shape.Properties![NameOf(member)] is OpenApiSchema schema)
                schema.Type = (schema.Type & ~JsonSchemaType.Null) is { } rest and not 0 ? rest : null;
        }
    }

    private static HashSet<string> AlwaysWritten(Type type) =>
        [.. Members(type).Where(member => member.GetCustomAttribute<JsonIgnoreAttribute>() is null).Select(NameOf)];

    private static PropertyInfo[] Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static string NameOf(PropertyInfo member) => WireJson.Readable.Options.PropertyNamingPolicy!.ConvertName(member.Name);
}
