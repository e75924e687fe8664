using System.Text.RegularExpressions;
using Xunit;

namespace OrleansDaap.UnitTests.Architecture;

public sealed partial class SourceRulesTests
{
    [Fact]
    public void Files_are_small()
    {
        var sizes = SourceTree.Files("src").Select(file => file.Lines.Length).Order().ToArray();

        Assert.InRange(sizes[sizes.Length / 2], 1, 60);
        Assert.InRange(sizes[sizes.Length * 9 / 10], 1, 200);
        Assert.Empty(TooLong("src", 400));
        Assert.Empty(TooLong("tests", 600));
    }

    [Fact]
    public void A_files_namespace_is_its_folder()
    {
        // The embedded silo declares Orleans' own namespaces, in folders named after them.
        var wrong = from file in SourceTree.Files("src").Concat(SourceTree.Files("tests"))
                    let declared = file.Lines.Select(line => Namespace().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value
                    let folder = string.Join('.', Path.GetDirectoryName(file.Path)!.Split('/').Skip(1))
                    where declared is not null && folder != declared && folder != $"OrleansDaap.EmbeddedSilo.{declared}"
                    select $"{file.Path} declares {declared}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_file_holds_one_top_level_type_and_is_named_after_it()
    {
        var wrong = from file in SourceTree.Files("src").Concat(SourceTree.Files("tests"))
                    let types = file.Lines.Select(line => TopLevelType().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().ToArray()
                    let name = Path.GetFileName(file.Path).Split('.')[0]
                    where types.Length > 0 && !(types.Contains(name) || types.Any(type => name == $"{type}OfT")) || (types.Length > 1 && !MayShare(types))
                    select $"{file.Path} holds {string.Join(", ", types)}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_is_called_a_helper_a_manager_or_utilities()
    {
        var wrong = SourceTree.Files("src").Concat(SourceTree.Files("tests"))
            .Select(file => file.Path)
            .Where(path => BannedName().IsMatch(Path.GetFileName(path)));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_leaves_its_scheduler_with_ConfigureAwait_false()
    {
        var wrong = from file in SourceTree.Files("src")
                    from line in file.Lines
                    where line.Contains("ConfigureAwait(false)", StringComparison.Ordinal)
                    select $"{file.Path}: {line.Trim()}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_suspends_a_banned_symbol_but_the_credential_program()
    {
        var wrong = from file in SourceTree.Files("src")
                    where Array.Exists(file.Lines, line => line.Contains("RS0030", StringComparison.Ordinal))
                    select file.Path;

        Assert.Equal(["src/OrleansDaap.CloudNativePg/Kubernetes/Credentials/ExecPlugin.cs"], wrong);
    }

    /// <summary>An options class with its validator, or a closed family of small records.</summary>
    private static bool MayShare(string[] types) =>
        types.Any(type => type.EndsWith("Options", StringComparison.Ordinal)) || types.All(type => type.StartsWith(types[0], StringComparison.Ordinal));

    private static IEnumerable<string> TooLong(string under, int most) =>
        SourceTree.Files(under).Where(file => file.Lines.Length > most).Select(file => $"{file.Path} has {file.Lines.Length} lines");

    [GeneratedRegex(@"^namespace ([\w.]+);")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:public |internal |file )?(?:(?:static|sealed|abstract|partial|readonly|ref) )*(?:class|interface|enum|struct|record struct|record) (\w+)")]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"(Utils?|Helpers?|Manager)(\.|$)")]
    private static partial Regex BannedName();
}
