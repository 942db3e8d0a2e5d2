namespace Roj.Simulation.Histories;

/// <summary>What a register held, as a client was told.</summary>
/// <param name="Version">How many changes led to it; 0 before the first one.</param>
/// <param name="Value">What it held; null for nothing. Whoever stores bytes names them here by any text that tells them apart.</param>
public readonly record struct Seen(ulong Version, string? Value)
{
    /// <summary>Of a register that nobody has changed.</summary>
    public static Seen Nothing => default;

    /// <summary>As sentences have it: <c>3:x</c>.</summary>
    public override string ToString() => $"{Version}:{Value ?? "nothing"}";
}
