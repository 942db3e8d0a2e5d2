using Roj.Kernel;

namespace Roj.Simulation;

/// <summary>A machine's own monotonic clock: the world's time, from another beginning and at another pace.</summary>
public sealed class MachineClock
{
    /// <summary>The pace of a true clock.</summary>
    public const int TruePace = 1_000_000;

    private readonly World world;
    private Instant worldBase;
    private Instant localBase;

    internal MachineClock(World world)
    {
        this.world = world;
    }

    /// <summary>Local microseconds per true second: 1,000,000 is right, 2,000,000 twice too fast.</summary>
    public int Pace { get; private set; } = TruePace;

    /// <summary>What the clock shows.</summary>
    public Instant Now => At(world.Now);

    /// <summary>Changes the pace from now on. What it shows does not jump.</summary>
    /// <remarks>An alarm that is set already rings at the true instant computed when it was set; the next one follows the new
    /// pace.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pace"/> is not positive.</exception>
    public void SetPace(int pace)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pace);
        Restart(Now);
        Pace = pace;
    }

    internal void Restart(Instant shows)
    {
        localBase = shows;
        worldBase = world.Now;
    }

    /// <summary>The first true instant at which the clock shows <paramref name="local"/> or more.</summary>
    internal Instant ToWorld(Instant local)
    {
        var ahead = (local - localBase).Ticks;
        return worldBase + TimeSpan.FromTicks(
            Pace == TruePace ? ahead : (long)((((Int128)ahead * TruePace) + Pace - 1) / Pace));
    }

    private Instant At(Instant trueNow)
    {
        var passed = (trueNow - worldBase).Ticks;
        return localBase + TimeSpan.FromTicks(Pace == TruePace ? passed : (long)((Int128)passed * Pace / TruePace));
    }
}
