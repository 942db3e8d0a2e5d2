using System.Diagnostics;
using Roj.Simulation.Histories;

namespace Roj.EndToEnd.Storage;

/// <summary>What all clients of a store asked for and were told, by one clock; for any thread.</summary>
internal sealed class KeyBook
{
    private readonly Lock gate = new();
    private readonly HistoryRecorder recorder = new();

    /// <summary>All that was written down; for when nobody writes any more.</summary>
    public IReadOnlyList<Operation> Operations => recorder.Operations;

    /// <summary>A client is about to ask.</summary>
    public int Begin(string client, string key, OperationKind kind)
    {
        lock (gate)
            return recorder.Invoke(key, client, kind, Stopwatch.GetTimestamp());
    }

    /// <summary>A client was told.</summary>
    /// <param name="number">What it began.</param>
    /// <param name="outcome">What it knows.</param>
    /// <param name="seen">What the key holds by that; null if that was not told.</param>
    public void End(int number, Outcome outcome, Seen? seen)
    {
        var at = Stopwatch.GetTimestamp();
        lock (gate)
            recorder.Return(number, outcome, seen, at);
    }
}
