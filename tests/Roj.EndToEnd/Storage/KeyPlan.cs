using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Histories;

namespace Roj.EndToEnd.Storage;

/// <summary>Which keys there are, and what is done with them; for any thread.</summary>
/// <remarks>No value is written twice, so that what is read says who wrote it. A key that much was done with gives way to another, for
/// whoever judges must try orders of all that was done with it.</remarks>
internal sealed class KeyPlan
{
    private const int Places = 16;
    private const int OperationsOnOne = 250;

    private readonly int[] turns = new int[Places];
    private int values;
    private int once;

    /// <summary>Whether a key is only ever counted up.</summary>
    public static bool IsSum(string key) => key.StartsWith("sum-", StringComparison.Ordinal);

    /// <summary>What to do next.</summary>
    public (string Key, OperationKind Kind) Next(Rng rng)
    {
        switch (rng.Next(100))
        {
            case < 15:
                return (Name("sum", rng.Next(2)), new OperationKind.Add(1));
            case < 25: // written once, and to be there to the end
                return (Name("once", Interlocked.Increment(ref once)), new OperationKind.Write(Value()));
        }

        var place = rng.Next(Places);
        var turn = Interlocked.Increment(ref turns[place]) / OperationsOnOne;
        var key = string.Create(CultureInfo.InvariantCulture, $"key-{place}-{turn}");
        return (key, rng.Next(20) switch
        {
            < 9 => new OperationKind.Read(),
            < 14 => new OperationKind.Write(Value()),
            < 16 => new OperationKind.CompareAndSet(null, Value()), // NX
            < 18 => new OperationKind.Append(Value()),
            _ => new OperationKind.Delete(),
        });
    }

    // It begins with a mark, so that none is the end of another.
    private string Value() => string.Create(CultureInfo.InvariantCulture, $"/{Interlocked.Increment(ref values)}");

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
}
