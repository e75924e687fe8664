using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api.Description;

/// <summary>Names of schemas: those of the wire types, without what only matters inside.</summary>
internal static class SchemaNames
{
    private const string Suffix = "Response";

    /// <summary><c>TierResponse</c> is Tier, and a <c>ListResponse</c> of them TierList.</summary>
    public static string Of(Type type)
    {
        if (type.IsGenericType)
            return $"{Of(type.GetGenericArguments()[0])}{Bare(type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)])}";
        return type == typeof(TierRequest) ? "TierPatchRequest" : Bare(type.Name);
    }

    private static string Bare(string name) => name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
}
