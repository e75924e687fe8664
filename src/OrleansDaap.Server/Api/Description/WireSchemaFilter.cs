using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Wire;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace OrleansDaap.Server.Api.Description;

/// <summary>
/// What the generator does not see: answers have all their members, requests take no others, a patch needs none, some texts are
/// one of a few words, and what the code says is never null is never null.
/// </summary>
internal sealed class WireSchemaFilter : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties.Count: > 0 } shape || context.MemberInfo is not null)
            return;
        foreach (var member in Members(context.Type))
        {
            if (shape.Properties[NameOf(member)] is OpenApiSchema property)
                Sharpen(property, member);
        }

        shape.AdditionalPropertiesAllowed = !context.Type.Name.EndsWith("Request", StringComparison.Ordinal);
        if (context.Type == typeof(TierRequest))
            shape.Required = new HashSet<string>();
        else if (shape.AdditionalPropertiesAllowed)
            shape.Required = AlwaysWritten(context.Type);
    }

    private static void Sharpen(OpenApiSchema schema, PropertyInfo member)
    {
        if (TakesNoNull(member))
            schema.Type = (schema.Type & ~JsonSchemaType.Null) is { } rest and not 0 ? rest : null;
        else if (schema.AllOf is [var shared])
            (schema.Type, schema.AllOf, schema.OneOf) = (null, null, [new OpenApiSchema { Type = JsonSchemaType.Null }, shared]);
        if (Words(member) is { } words)
            schema.Enum = [.. words.Select(word => JsonValue.Create(word))];
    }

    private static bool TakesNoNull(PropertyInfo member) =>
        member.IsDefined(typeof(RequiredAttribute)) || new NullabilityInfoContext().Create(member).WriteState == NullabilityState.NotNull;

    private static IEnumerable<string>? Words(PropertyInfo member) =>
        member.DeclaringType == typeof(ProblemResponse) && member.Name == nameof(ProblemResponse.Code)
            ? Enum.GetValues<ProblemCode>().Select(code => Problems.Describe(code).Code)
            : member.GetCustomAttribute<AllowedValuesAttribute>()?.Values.Cast<string>();

    private static HashSet<string> AlwaysWritten(Type type) =>
        [.. Members(type).Where(member => member.GetCustomAttribute<JsonIgnoreAttribute>() is null).Select(NameOf)];

    private static PropertyInfo[] Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static string NameOf(PropertyInfo member) => WireJson.Readable.Options.PropertyNamingPolicy!.ConvertName(member.Name);
}
