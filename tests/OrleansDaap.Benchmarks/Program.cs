using OrleansDaap.Benchmarks;

if (args is [FakeBackendServer.Command, .. var serverArgs])
{
    return await FakeBackendServer.RunAsync(serverArgs);
}

if (args is [OperatedServer.Command, .. var operatedArgs])
{
    return await OperatedServer.RunAsync(operatedArgs);
}

if (args.Any(argument => argument is "--help" or "-h"))
{
    Console.WriteLine("""
        Measures OrleansDaap against what it is built from, side by side in one run, and prints ratios.

          make bench                     everything (about ten minutes on two cores)
          make bench ARGS="start-up"     only the benchmarks named

        Benchmarks: first-query, creates, reads, lists, memory, start-up, restore.
        """);
    return 0;
}

(string Name, Func<Report, Task> Run)[] benchmarks =
[
    ("first-query", FirstQuery.RunAsync),
    ("creates", Creates.RunAsync),
    ("reads", Reads.RunAsync),
    ("lists", Lists.RunAsync),
    ("memory", IdleMemory.RunAsync),
    ("start-up", StartUp.RunAsync),
    ("restore", Restores.RunAsync),
];
var unknown = args.Except(benchmarks.Select(benchmark => benchmark.Name)).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"There is no benchmark called {string.Join(", ", unknown)}; see --help.");
    return 2;
}

var report = new Report();
foreach (var (name, run) in benchmarks)
{
    if (args.Length == 0 || args.Contains(name))
    {
        await run(report);
    }
}

return report.Print();
