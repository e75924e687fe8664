using FsCheck;
using FsCheck.Fluent;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>Makes sequences of steps, and shorter ones of one that fails.</summary>
internal static class LifeSteps
{
    private const int Longest = 60;

    public static Arbitrary<LifeStep[]> Arbitrary { get; } =
        Arb.From(Gen.Choose(10, Longest).SelectMany(length => One().ArrayOf(length)), Shorter);

    private static Gen<LifeStep> One() =>
        from kind in Gen.Frequency(Weights().Select(one => (one.Weight, Gen.Constant(one.Kind))).ToArray())
        from which in Gen.Choose(0, 9)
        from amount in Gen.Choose(0, 6)
        from crash in Gen.Frequency((9, Gen.Constant((int?)null)), (1, Gen.Choose(0, 4).Select(after => (int?)after)))
        select new LifeStep(kind, which, amount, IsRequest(kind) ? crash : null);

    private static IEnumerable<(int Weight, StepKind Kind)> Weights() =>
        Enum.GetValues<StepKind>().Select(kind => (Weight(kind), kind));

    private static int Weight(StepKind kind) => kind switch
    {
        StepKind.Create => 10,
        StepKind.Describe => 3,
        StepKind.Delete => 5,
        StepKind.ForceDelete => 3,
        StepKind.Unfreeze => 5,
        StepKind.Move => 4,
        StepKind.BackUp => 5,
        StepKind.Restore => 4,
        StepKind.ChangeTier => 2,
        StepKind.SetQuota => 2,
        StepKind.Wait => 6,
        StepKind.Settle => 5,
        StepKind.LoseBackend => 1,
        StepKind.FindBackend => 2,
        StepKind.BreakCluster => 2,
        StepKind.StallCluster => 2,
        StepKind.HealCluster => 4,
        StepKind.BreakBackups => 2,
        StepKind.KillCluster => 2,
        StepKind.Crash => 2,
    };

    private static bool IsRequest(StepKind kind) => kind <= StepKind.SetQuota;

    /// <summary>Without its one half or the other, without each step, and with each crash left out.</summary>
    private static IEnumerable<LifeStep[]> Shorter(LifeStep[] steps)
    {
        for (var size = steps.Length / 2; size > 0; size /= 2)
        {
            for (var start = 0; start < steps.Length; start += size)
                yield return [.. steps[..start], .. steps[Math.Min(start + size, steps.Length)..]];
        }

        for (var index = 0; index < steps.Length; index++)
        {
            if (steps[index].CrashAfter is not null)
                yield return [.. steps[..index], steps[index] with { CrashAfter = null }, .. steps[(index + 1)..]];
        }
    }
}
