namespace OrleansDaap.Common;

/// <summary>A grain's refusal. The server's exception handler turns it into the problem document of its code; nothing else reaches a client.</summary>
[GenerateSerializer, Alias("daap.problem")]
public sealed class ProblemException : Exception
{
    public ProblemException(ProblemCode code, string detail)
        : base(detail) => Code = code;

    [Id(0)]
    public ProblemCode Code { get; private init; }

    /// <summary>Mistakes by JSON path, for <see cref="ProblemCode.ValidationFailed"/>.</summary>
    [Id(1)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>For <see cref="ProblemCode.InvalidState"/>: the status that stands in the way, as on the wire.</summary>
    [Id(2)]
    public string? CurrentStatus { get; init; }

    /// <summary>For <see cref="ProblemCode.QuotaExceeded"/>: the tier whose quota it is.</summary>
    [Id(3)]
    public string? Tier { get; init; }

    /// <summary>For <see cref="ProblemCode.QuotaExceeded"/>: every dimension that is over.</summary>
    [Id(4)]
    public IReadOnlyList<QuotaViolation>? Violations { get; init; }

    /// <summary>For <see cref="ProblemCode.RestoreTargetOutOfRange"/>: the first moment that can be restored; null when none can.</summary>
    [Id(5)]
    public DateTimeOffset? Earliest { get; init; }

    /// <summary>As <see cref="Earliest"/>, the last moment.</summary>
    [Id(6)]
    public DateTimeOffset? Latest { get; init; }

    public static ProblemException Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(ProblemCode.ValidationFailed, $"{errors.Count} field(s) hold mistakes; see errors.") { Errors = errors };

    public static ProblemException Invalid(string path, string mistake) =>
        Invalid(new Dictionary<string, string[]> { [path] = [mistake] });

    public static ProblemException NotFound(string what) => new(ProblemCode.NotFound, $"There is no {what}.");
}
