using System.Globalization;

namespace OrleansDaap.CloudNativePg;

/// <summary>The image of each PostgreSQL major; a major without one cannot be asked for.</summary>
/// <param name="ByMajor">By what the configuration calls them; the majors' numbers.</param>
internal sealed record PostgresImages(IReadOnlyDictionary<string, string> ByMajor)
{
    private const int Oldest = 14;
    private const int Newest = 18;
    private const string Repository = "ghcr.io/cloudnative-pg/postgresql";

    /// <summary>
    /// CloudNativePG's own catalog of the standard flavour as of 2026-08-17: its minimal flavour lacks pgaudit. The digest makes
    /// sure that a tag is not moved, and the tag tells the operator which version it is.
    /// </summary>
    public static PostgresImages Default { get; } = new(new Dictionary<string, string>
    {
        ["14"] = $"{Repository}:14.24-202608170814-standard-trixie@sha256:2251ca32ca24152bad5d9ddbc9ac4e95e98d6cff4002e98a5484e542ce2cae36",
        ["15"] = $"{Repository}:15.19-202608170814-standard-trixie@sha256:613c7a0417887cd2626a2bfb31fa4e1d86c3088e575fd66bc227007dc69a5487",
        ["16"] = $"{Repository}:16.15-202608170814-standard-trixie@sha256:3df9103d7f89c8abc2870463d4d446944c81b5f1f4b707c590895dc003ecbb65",
        ["17"] = $"{Repository}:17.11-202608170816-standard-trixie@sha256:91e0de662d53895a45f1396f4ee1a75daeb0c26fc87853afc9c8f43e01fdaa21",
        ["18"] = $"{Repository}:18.6-202608170814-standard-trixie@sha256:771f9eab5225587af259d84680cc69a5b6e374ac32bb24effafde1f3368a1241",
    });

    /// <summary>The majors that have an image, ascending.</summary>
    public IReadOnlyList<int> Majors => [.. ByMajor.Keys.Select(int.Parse).Order()];

    /// <summary>Null when the major has none.</summary>
    public string? Of(int major) => ByMajor.GetValueOrDefault(major.ToString(CultureInfo.InvariantCulture));

    /// <summary>Others in the place of some; an empty one takes its major away.</summary>
    public PostgresImages With(IEnumerable<(string Major, string Image)> configured)
    {
        var images = new Dictionary<string, string>(ByMajor);
        foreach (var (major, image) in configured)
        {
            if (image.Length > 0)
                images[major] = image;
            else
                images.Remove(major);
        }

        return new PostgresImages(images);
    }

    public IEnumerable<string> Mistakes(string key)
    {
        foreach (var (major, image) in ByMajor)
        {
            if (!int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < Oldest or > Newest)
                yield return $"{key}:{major}: is no major version from {Oldest} to {Newest}.";
            else if (!Tag(image).StartsWith($"{major}.", StringComparison.Ordinal))
                yield return $"{key}:{major}: \"{image}\" must have a tag that begins with {major}.<minor>, with or without a digest behind it.";
            else if (!Tag(image).Split('-').Contains("standard"))
                yield return $"{key}:{major}: \"{image}\" is not of the standard flavour, which has pgaudit.";
        }

        if (ByMajor.Count == 0)
            yield return $"{key}: must have an image.";
    }

    // registry:port/name:tag@digest; neither part need be there.
    private static string Tag(string image)
    {
        var name = image.Split('@')[0].Split('/')[^1];
        return name.Contains(':', StringComparison.Ordinal) ? name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..] : "";
    }
}
