namespace OrleansDaap.LocalPostgres.Processes;

/// <summary>A tool ended with an error. Its output is in the message, cut to its end; the tools are never given a secret.</summary>
internal sealed class ToolFailedException(string message) : Exception(message);
