using System.Diagnostics;
using System.Globalization;
using Roj.Simulation.Histories;

namespace Roj.EndToEnd.Storage;

/// <summary>Says whether what a store's clients were told can have been.</summary>
internal static class KeyJudge
{
    /// <summary>Judges each key by itself.</summary>
    /// <param name="operations">All that was asked for, the last readings included.</param>
    /// <param name="kept">Where the histories of keys are kept that can't have been.</param>
    /// <exception cref="LabException">One can't have been, or it was not found out.</exception>
    public static void Judge(IEnumerable<Operation> operations, string kept)
    {
        List<string> wrongs = [];
        foreach (var history in operations.GroupBy(operation => operation.Register))
        {
            if (WrongOf(history.Key, [.. history]) is not { } wrong)
                continue;
            wrongs.Add(wrong);
            Directory.CreateDirectory(kept);
            File.WriteAllLines(Path.Combine(kept, $"history-{history.Key}.txt"), history.Select(operation => operation.ToString()));
        }

        if (wrongs.Count > 0)
            throw new LabException($"{wrongs.Count} keys are wrong, see {kept}: {string.Join("; ", wrongs.Take(5))}");
    }

    private static string? WrongOf(string key, Operation[] history) => KeyPlan.IsSum(key)
        ? WrongOfSum(key, history)
        : Linearizability.Check(history, versionsRestart: true) switch
        {
            Verdict.Violation(var sentence) => sentence,
            Verdict.Unknown(var sentence) => sentence,
            _ => null,
        };

    // Thousands of additions, too many to try orders of: each sum is told once, a later one is greater, and the last is what was
    // acknowledged and at most what nobody knows.
    private static string? WrongOfSum(string key, Operation[] history)
    {
        var told = history.Where(one => one is { Outcome: Outcome.Yes, Kind: OperationKind.Add })
            .Select(one => (Sum: NumberOf(one), one.Invoked, Returned: one.Returned!.Value)).OrderBy(one => one.Sum).ToArray();
        for (var i = 1; i < told.Length; i++)
        {
            if (told[i].Sum == told[i - 1].Sum)
                return $"{key}: two were told {told[i].Sum}";
        }

        var earliest = long.MaxValue; // of all that were told greater sums
        for (var i = told.Length - 1; i >= 0; earliest = Math.Min(earliest, told[i--].Returned))
        {
            if (earliest < told[i].Invoked)
                return $"{key}: {told[i].Sum} was told to one who began after another had been told more";
        }

        var unknown = history.Count(one => one is { Outcome: Outcome.Unknown, Kind: OperationKind.Add });
        var last = history.Where(one => one.Kind is OperationKind.Read).Select(NumberOf).Distinct().ToArray();
        return last is [var sum] && sum >= told.Length && sum <= told.Length + unknown
            ? null
            : $"{key} is {string.Join(" and ", last)} in the end: {told.Length} were added for sure, and {unknown} perhaps";
    }

    private static long NumberOf(Operation one) =>
        long.Parse((one.Seen ?? throw new UnreachableException($"{one}")).Value ?? "0", CultureInfo.InvariantCulture);
}
