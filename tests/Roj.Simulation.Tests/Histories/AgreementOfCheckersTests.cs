using System.Diagnostics;
using Roj.Kernel;
using Roj.Simulation.Histories;
using Xunit;

namespace Roj.Simulation.Tests.Histories;

/// <summary>Two checkers and the definition, which share no search, say the same of histories that nobody thought of.</summary>
public sealed class AgreementOfCheckersTests
{
    [Fact]
    public void Both_checkers_agree_on_twenty_thousand_histories()
    {
        var (good, bad) = (0, 0);
        for (var seed = 0UL; seed < 20_000; seed++)
        {
            var operations = Draw(seed, lengthMax: 8, spoilt: seed % 4 > 0);
            var slow = ExhaustiveChecker.Check(operations, versions: true);
            Same(slow, VersionChecker.Check(operations), seed, operations);
            Assert.True(seed % 4 > 0 || slow is Verdict.Linearizable, $"seed {seed}, honest, but {slow}");
            // What versions allow, values allow.
            Assert.False(slow is Verdict.Linearizable && ExhaustiveChecker.Check(operations) is not Verdict.Linearizable, $"seed {seed}");
            (good, bad) = slow is Verdict.Linearizable ? (good + 1, bad) : (good, bad + 1);
        }

        // Neither verdict is a rarity, else agreement proves little.
        Assert.InRange(bad, 5_000, 15_000);
        Assert.InRange(good, 5_000, 15_000);
    }

    [Fact]
    public void The_exhaustive_checker_agrees_with_the_definition()
    {
        var bad = 0;
        for (var seed = 0UL; seed < 10_000; seed++)
        {
            var operations = Draw(seed, lengthMax: 5, spoilt: seed % 4 > 0);
            var slow = ExhaustiveChecker.Check(operations, versions: true);
            Verdict truth = BruteForce.IsLinearizable(operations) ? new Verdict.Linearizable() : new Verdict.Violation("by definition");
            Same(truth, slow, seed, operations);
            bad += truth is Verdict.Violation ? 1 : 0;
        }

        Assert.InRange(bad, 2_500, 7_500);
    }

    [Fact]
    public void Longer_histories_with_many_unknown_changes_are_told_apart()
    {
        var bad = 0;
        for (var seed = 0UL; seed < 400; seed++)
        {
            var draw = new HistoryDraw(new Rng(seed), clients: 5, length: 60) { LostPercent = 20, UntoldPercent = 10 };
            var operations = seed % 2 == 1 ? draw.Spoilt() : draw.Honest();
            var verdict = VersionChecker.Check(operations);
            Assert.False(verdict is Verdict.Unknown, $"seed {seed}: {verdict}");
            Assert.True(seed % 2 == 1 || verdict is Verdict.Linearizable, $"seed {seed}, honest, but {verdict}");
            bad += verdict is Verdict.Violation ? 1 : 0;
        }

        Assert.InRange(bad, 100, 200);
    }

    [Fact]
    public void Ten_thousand_operations_take_a_fraction_of_a_second()
    {
        var operations = new HistoryDraw(new Rng(1), clients: 12, length: 10_000) { LostPercent = 2, UntoldPercent = 1 }.Honest();
        var watch = Stopwatch.StartNew();
        var verdict = VersionChecker.Check(operations);
        watch.Stop();
        TestContext.Current.TestOutputHelper?.WriteLine($"10,000 operations: {watch.Elapsed.TotalMilliseconds:F0} ms");
        Assert.Equal(new Verdict.Linearizable(), verdict);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"it took {watch.Elapsed}");
    }

    private static List<Operation> Draw(ulong seed, int lengthMax, bool spoilt)
    {
        var rng = new Rng(seed);
        var draw = new HistoryDraw(rng, clients: 3, length: rng.Next(1, lengthMax + 1))
        {
            LostPercent = rng.Pick([0, 15, 50]),
            UntoldPercent = rng.Pick([0, 5, 40]),
        };
        return spoilt ? draw.Spoilt() : draw.Honest();
    }

    private static void Same(Verdict expected, Verdict actual, ulong seed, List<Operation> operations) =>
        Assert.True(
            expected.GetType() == actual.GetType(), $"seed {seed}: {expected}, but {actual}\n{string.Join('\n', operations)}");
}
