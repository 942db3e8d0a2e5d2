using System.Globalization;
using Roj.EndToEnd;

namespace Roj.MembershipBench;

/// <summary>The figures, for people.</summary>
internal static class Table
{
    /// <summary>Says on the error output how far it is, so that nobody waits in the dark.</summary>
    public static void Tell(string line) => Console.Error.WriteLine(line);

    /// <summary>What <paramref name="run"/> gives, or nothing if it fails: serf's failure is said, and is not Roj's.</summary>
    public static async Task<T?> OrNothingAsync<T>(Func<Task<T>> run)
        where T : class
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (LabException broken)
        {
            Console.WriteLine($"serf failed: {broken.Message}");
            return null;
        }
    }

    /// <summary>One line for each figure.</summary>
    public static void Print(IEnumerable<Figure> figures, bool withSerf)
    {
        Console.WriteLine($"\n{"",-68}{"roj",10}{(withSerf ? "serf" : ""),10}{"limit",9}");
        foreach (var figure in figures)
        {
            var verdict = figure switch
            {
                { Roj: null } => "FAILED",
                { Limit: null } => "",
                { IsMet: true } => "pass",
                _ => "MISSED",
            };
            var what = figure.Unit is "" ? figure.What : $"{figure.What}, {figure.Unit}";
            Console.WriteLine($"{what,-68}{Text(figure.Roj),10}{Text(figure.Serf),10}{Text(figure.Limit),9}  {verdict}");
        }
    }

    private static string Text(double? value) => value switch
    {
        null => "",
        { } number when number == Math.Round(number) => number.ToString("F0", CultureInfo.InvariantCulture),
        { } number => number.ToString(number >= 100 ? "F0" : number >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture),
    };
}
