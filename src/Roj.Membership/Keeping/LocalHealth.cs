namespace Roj.Membership.Keeping;

/// <summary>How far this node may trust its own impatience (Lifeguard, section IV-A): the more it misses, the longer it waits before it
/// blames others.</summary>
internal sealed class LocalHealth
{
    private const int Max = 8;

    private int score;

    /// <summary>What every patience is multiplied by: 1 while all is well.</summary>
    public int Multiplier => score + 1;

    /// <summary>A probe was answered in time.</summary>
    public void Better() => score = Math.Max(0, score - 1);

    /// <summary>Something was missed that may be our own fault.</summary>
    public void Worse() => score = Math.Min(Max, score + 1);
}
