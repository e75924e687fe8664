namespace OrleansDaap.Server.Api.Description;

/// <summary>Names of schemas: those of the wire types, without what only matters inside.</summary>
internal static class SchemaNames
{
    public static string Of(Type type)
    {
        if (type.IsGenericType)
            return $"{Of(type.GetGenericArguments()[0])}{Bare(type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)])}";
        return Bare(type.Name);
    }

    /// <summary><c>TierResponse</c> is Tier, <c>NewTierRequest</c> is NewTier, a <c>ListResponse</c> of tiers is TierList.</summary>
    private static string Bare(string name)
    {
        if (name == "TierRequest")
            return "TierPatch";
        foreach (var suffix in (string[])["Response", "Request"])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
                return name[..^suffix.Length];
        }

        return name;
    }
}
