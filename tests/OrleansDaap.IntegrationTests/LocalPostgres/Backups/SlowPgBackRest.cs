using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>pgBackRest as the server is told to run it: it notes what it is run for, and a command that is held waits before it begins, or fails.</summary>
internal sealed class SlowPgBackRest : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("daap-slow-").FullName;

    /// <summary>Takes thirty days from the times of backups that it tells of.</summary>
    private const string Age = """
        {
          rest = $0; told = ""
          while (match(rest, /"(start|stop)":[0-9]+/)) {
            found = substr(rest, RSTART, RLENGTH); colon = index(found, ":")
            told = told substr(rest, 1, RSTART - 1) substr(found, 1, colon) sprintf("%d", substr(found, colon + 1) - 30 * 86400)
            rest = substr(rest, RSTART + RLENGTH)
          }
          print told rest
        }
        """;

    public SlowPgBackRest()
        : this("backup|restore|expire")
    {
    }

    /// <param name="commands">Those that are noted, and can be held.</param>
    /// <param name="isAged">Whether every backup seems to be of thirty days ago.</param>
    public SlowPgBackRest(string commands, bool isAged = false)
    {
        foreach (var kind in new[] { "", "held", "failing" }) Directory.CreateDirectory(Path.Combine(_directory, kind));
        File.WriteAllText(Path.Combine(_directory, "log"), "");
        File.WriteAllText(Path.Combine(_directory, "age.awk"), Age);
        File.WriteAllText(
            Program,
            $"""
            #!/bin/sh
            for word in "$@"; do
              case "$word" in
                {commands})
                  echo "$word" >> {_directory}/log
                  while [ -e "{_directory}/held/$word" ]; do sleep 0.02; done
                  if [ -e "{_directory}/failing/$word" ]; then echo "it is to fail" >&2; exit 99; fi
                  pgbackrest "$@"; code=$?
                  echo "$word ended" >> {_directory}/log
                  exit $code;;
              esac
              case "$word" in info) {(isAged ? $"pgbackrest \"$@\" | awk -f {_directory}/age.awk; exit" : ":")};; esac
            done
            exec pgbackrest "$@"

            """);
        // The tools' user runs it and writes there.
        const UnixFileMode everyone = FileModes.PassableDirectory | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(Program, everyone);
        File.SetUnixFileMode(Path.Combine(_directory, "age.awk"), FileModes.PublicFile);
        File.SetUnixFileMode(Path.Combine(_directory, "log"), FileModes.PublicFile | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        foreach (var passable in new[] { _directory, Path.Combine(_directory, "held"), Path.Combine(_directory, "failing") }) File.SetUnixFileMode(passable, everyone);
    }

    public string Program => Path.Combine(_directory, "pgbackrest.sh");

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Daap:Local:Backup:PgBackRest"] = Program };

    /// <summary>What it was run for, in order, and when that ended.</summary>
    public IReadOnlyList<string> Log => File.ReadAllLines(Path.Combine(_directory, "log"));

    public void Hold(string command) => File.WriteAllText(Path.Combine(_directory, "held", command), "");

    public void Release(string command) => File.Delete(Path.Combine(_directory, "held", command));

    public void Fail(string command) => File.WriteAllText(Path.Combine(_directory, "failing", command), "");

    public void Mend(string command) => File.Delete(Path.Combine(_directory, "failing", command));

    public async Task SeesAsync(string line, int times = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Log.Count(one => one == line) < times)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
