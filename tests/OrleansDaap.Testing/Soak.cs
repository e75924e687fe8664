namespace OrleansDaap.Testing;

/// <summary>
/// How long a test is that can be short or long: <c>make soak</c> sets <c>DAAP_SOAK=1</c> and runs those with the trait
/// <c>Category=Soak</c> in their long form.
/// </summary>
public static class Soak
{
    public const string Category = nameof(Category);

    public const string Name = nameof(Soak);

    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("DAAP_SOAK") == "1";

    public static int Of(int shortForm, int longForm) => IsOn ? longForm : shortForm;
}
