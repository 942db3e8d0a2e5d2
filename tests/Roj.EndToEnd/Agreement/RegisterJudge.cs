using System.Globalization;
using Roj.Simulation.Histories;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.EndToEnd.Agreement;

/// <summary>Says whether what clients were told can have been.</summary>
internal static class RegisterJudge
{
    /// <summary>Judges each register by itself.</summary>
    /// <param name="operations">All that was asked for, the last readings included.</param>
    /// <param name="last">What all registers held in the end.</param>
    /// <param name="kept">Where the histories of registers are kept that can't have been.</param>
    /// <exception cref="LabException">One can't have been, or it was not found out.</exception>
    public static void Judge(IEnumerable<Operation> operations, IReadOnlyDictionary<string, string?> last, string kept)
    {
        List<string> wrongs = [];
        foreach (var history in operations.GroupBy(operation => operation.Register))
        {
            if (WrongOf(history.Key, [.. history], last[history.Key]) is not { } wrong)
                continue;
            wrongs.Add(wrong);
            Directory.CreateDirectory(kept);
            File.WriteAllLines(Path.Combine(kept, $"history-{history.Key}.txt"), history.Select(operation => operation.ToString()));
        }

        if (wrongs.Count > 0)
            throw new LabException($"{wrongs.Count} registers are wrong, see {kept}: {string.Join("; ", wrongs.Take(5))}");
    }

    private static string? WrongOf(string register, Operation[] history, string? last) =>
        Linearizability.Check(history, versionsRestart: LoadPlan.IsDeleted(register)) switch
        {
            Verdict.Violation(var sentence) => sentence,
            Verdict.Unknown(var sentence) => sentence,
            _ when LoadPlan.IsSum(register) => WrongOfSum(register, history, last),
            _ when LoadPlan.IsText(register) => WrongOfText(register, history, last),
            _ => null,
        };

    // Said twice, by other means: the checkers may be wrong too.
    private static string? WrongOfSum(string register, Operation[] history, string? last)
    {
        var sum = long.Parse(last ?? "0", CultureInfo.InvariantCulture);
        var added = history.Where(operation => operation.Kind is OperationKind.Add).ToArray();
        var sure = added.Count(operation => operation.Outcome is Known.Yes);
        var unknown = added.Count(operation => operation.Outcome is Known.Unknown);
        return sum < sure || sum > sure + unknown
            ? $"{register} is {sum}, though {sure} were added for sure, and {unknown} perhaps"
            : null;
    }

    private static string? WrongOfText(string register, Operation[] history, string? last)
    {
        var parts = (last ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).GroupBy(part => part)
            .ToDictionary(part => '/' + part.Key, part => part.Count());
        foreach (var operation in history)
        {
            if (operation.Kind is not OperationKind.Append(var text))
                continue;
            parts.Remove(text, out var times);
            if (times > 1 || (times == 0 && operation.Outcome is Known.Yes) || (times == 1 && operation.Outcome is Known.No))
                return $"{register} has {text} {times} times, after {operation}";
        }

        return parts.Count > 0 ? $"{register} has what nobody put there: {string.Join(' ', parts.Keys)}" : null;
    }
}
