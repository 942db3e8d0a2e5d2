namespace Roj.SwarmBench;

/// <summary>Something that is to hold, and how it stands.</summary>
/// <param name="Trial">Where it is to hold.</param>
/// <param name="What">What is compared with what.</param>
/// <param name="Value">How many times the one is the other.</param>
/// <param name="Limit">How many times it may be.</param>
internal sealed record Target(Trial Trial, string What, double Value, double Limit)
{
    /// <summary>Whether it holds.</summary>
    public bool IsMet => Value <= Limit;
}
