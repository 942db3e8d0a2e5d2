using System.Diagnostics.CodeAnalysis;

namespace Roj.Simulation.Logs;

/// <summary>What a log must hold: all that was acknowledged, and of what came after it any beginning.</summary>
internal sealed class LogModel
{
    private readonly List<Change> unacknowledged = [];

    private SortedDictionary<int, byte[]> acknowledged = [];

    /// <summary>What the log must give back now, before any fault.</summary>
    internal SortedDictionary<int, byte[]> Visible { get; private set; } = [];

    /// <summary>How many changes there were: a commit remembers it at its beginning.</summary>
    internal long Count { get; private set; }

    internal void Change(int key, byte[]? value)
    {
        var change = new Change(key, value);
        unacknowledged.Add(change);
        change.ApplyTo(Visible);
        Count++;
    }

    /// <summary>Whoever made the first <paramref name="count"/> changes was told that they last.</summary>
    internal void Acknowledge(long count)
    {
        var taken = (int)Math.Max(0, unacknowledged.Count - (Count - count));
        for (var i = 0; i < taken; i++)
            unacknowledged[i].ApplyTo(acknowledged);
        unacknowledged.RemoveRange(0, taken);
    }

    /// <summary>Takes what a log that was opened anew holds, which lasts from then on, for what is.</summary>
    internal bool TryTake(SortedDictionary<int, byte[]> held, [NotNullWhen(false)] out string? wrong)
    {
        var state = new SortedDictionary<int, byte[]>(acknowledged);
        var matches = AreEqual(state, held);
        for (var i = 0; i < unacknowledged.Count && !matches; i++)
        {
            unacknowledged[i].ApplyTo(state);
            matches = AreEqual(state, held);
        }

        wrong = matches ? null : $"held [{Text(held)}], acknowledged [{Text(acknowledged)}], then {unacknowledged.Count} changes";
        acknowledged = held;
        Visible = new SortedDictionary<int, byte[]>(held);
        unacknowledged.Clear();
        return matches;
    }

    private static bool AreEqual(SortedDictionary<int, byte[]> one, SortedDictionary<int, byte[]> other) =>
        one.Count == other.Count
        && one.Zip(other).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.AsSpan().SequenceEqual(pair.Second.Value));

    private static string Text(SortedDictionary<int, byte[]> state) =>
        string.Join(' ', state.Select(pair => $"{pair.Key}:{pair.Value.Length}/{StableHash.Of(Convert.ToHexString(pair.Value)) % 1000}"));
}
