using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>Why a request was refused or failed (RFC 9457).</summary>
internal sealed record ProblemResponse
{
    private const string TypePrefix = "urn:daap:problem:";

    /// <summary>"urn:daap:problem:" and the code.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>What was wrong with this request, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>What was wrong, for programs.</summary>
    public required string Code { get; init; }

    /// <summary>Also in the answer's X-Request-Id, the audit log and the server's logs.</summary>
    public required string RequestId { get; init; }

    /// <summary>For "validation-failed": every mistake, by the JSON path or the name of the query parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>For "invalid-state": the status that stands in the way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CurrentStatus { get; init; }

    /// <summary>For "quota-exceeded": the tier whose quota has no room.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tier { get; init; }

    /// <summary>For "quota-exceeded": every dimension that would be over its limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QuotaViolation>? Violations { get; init; }

    public static ProblemResponse Of(ProblemException problem, string requestId)
    {
        var (code, status, title) = Problems.Describe(problem.Code);
        return new()
        {
            Type = TypePrefix + code,
            Title = title,
            Status = status,
            Detail = problem.Message,
            Code = code,
            RequestId = requestId,
            Errors = problem.Errors,
            CurrentStatus = problem.CurrentStatus,
            Tier = problem.Tier,
            Violations = problem.Violations,
        };
    }
}
