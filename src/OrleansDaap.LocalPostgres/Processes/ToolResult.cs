namespace OrleansDaap.LocalPostgres.Processes;

/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ToolResult(int ExitCode, string Output, string Errors);
