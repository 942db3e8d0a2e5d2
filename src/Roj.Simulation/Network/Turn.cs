using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>An event that is used again and again, and waits at most once at a time: in the world's queue or at a capped
/// interface.</summary>
internal sealed class Turn(World world, Action act) : Scheduled
{
    internal bool IsArmed { get; private set; }

    /// <summary>Lets it happen at <paramref name="at"/>, unless it waits already.</summary>
    internal void At(Instant at)
    {
        if (IsArmed)
            return;
        IsArmed = true;
        world.Schedule(at, this);
    }

    internal void WaitFor(RatedPort port)
    {
        if (IsArmed)
            return;
        IsArmed = true;
        port.Wait(this);
    }

    internal override void Happen()
    {
        IsArmed = false;
        act();
    }
}
