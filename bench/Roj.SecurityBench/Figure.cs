namespace Roj.SecurityBench;

/// <summary>Something that was measured without and with a cluster key.</summary>
/// <param name="What">What it is, and what it is counted in.</param>
/// <param name="Without">Without a key; null where that is nothing.</param>
/// <param name="With">With one; null if the run failed.</param>
internal sealed record Figure(string What, double? Without, double? With)
{
    /// <summary>How many times as much it is with a key.</summary>
    public double? Ratio => With / Without;
}
