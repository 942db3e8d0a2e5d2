namespace Roj.Simulation.Logs;

/// <summary>What was asked of a log: a value for a key, or none.</summary>
internal readonly record struct Change(int Key, byte[]? Value)
{
    internal void ApplyTo(SortedDictionary<int, byte[]> state)
    {
        if (Value is null)
            state.Remove(Key);
        else
            state[Key] = Value;
    }
}
