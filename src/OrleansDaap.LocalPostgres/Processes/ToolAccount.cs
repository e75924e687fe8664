using System.Diagnostics;
using System.Globalization;

namespace OrleansDaap.LocalPostgres.Processes;

/// <summary>The user that the tools run as.</summary>
/// <param name="Switches">True when that is another one than the server's: PostgreSQL refuses to run as root.</param>
internal sealed record ToolAccount(string Name, uint UserId, uint GroupId, bool Switches)
{
    /// <summary>Null when the server is root and the machine has no user of that name.</summary>
    public static ToolAccount? Find(string runAs)
    {
        if (!Environment.IsPrivilegedProcess) return new ToolAccount(Environment.UserName, 0, 0, Switches: false);
        return Ask("-u", runAs) is { } user and > 0 && Ask("-g", runAs) is { } group ? new ToolAccount(runAs, user, group, Switches: true) : null;
    }

    // id knows users of every source (files, LDAP); it runs once, at start.
    private static uint? Ask(string question, string user)
    {
        using var id = Process.Start(new ProcessStartInfo("id", [question, "--", user]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var answer = id.StandardOutput.ReadToEnd();
        id.WaitForExit();
        return id.ExitCode == 0 && uint.TryParse(answer, NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
