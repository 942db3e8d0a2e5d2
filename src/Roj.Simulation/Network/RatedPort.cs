using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>One direction of a machine's interface: bytes pass one after another at a rate, if there is one.</summary>
/// <remarks>Streams use half of the queue and then take turns, as congestion control would make them; datagrams are dropped when it is
/// full.</remarks>
internal sealed class RatedPort(World world)
{
    // Half of the queue, and no more than passes in a quarter of a second, so that lifting a cap is soon felt.
    private const int StreamShareBytesMax = NetworkLimits.InterfaceQueueBytes / 2;

    private readonly Queue<Scheduled> waiting = new();
    private long bytesPerSecond;
    private Instant freeAt;
    private Scheduled? wake;

    internal bool IsCapped => bytesPerSecond > 0;

    internal bool HasWaiters => waiting.Count > 0;

    /// <summary>Whether a stream may use it now.</summary>
    internal bool HasTurn => !IsCapped || freeAt - world.Now <= StreamShare;

    /// <summary>A segment should not keep others from a slow interface for more than about 20 ms.</summary>
    internal int SegmentBytesMax =>
        !IsCapped ? NetworkLimits.SegmentBytesMax
        : (int)Math.Clamp(bytesPerSecond / 50, NetworkLimits.PacketBytes, NetworkLimits.SegmentBytesMax);

    internal void SetRate(long newBytesPerSecond)
    {
        bytesPerSecond = newBytesPerSecond;
        freeAt = world.Now;
        wake?.Cancel();
        wake = null;
        Arm();
    }

    /// <summary>Lets a segment pass.</summary>
    /// <returns>When its last byte has passed.</returns>
    internal Instant Take(int length)
    {
        if (!IsCapped)
            return world.Now;
        freeAt = (freeAt < world.Now ? world.Now : freeAt) + TimeFor(length);
        return freeAt;
    }

    /// <summary>Lets a datagram pass if the queue has room for it.</summary>
    internal bool TryTake(int length, out Instant passed)
    {
        passed = world.Now;
        if (IsCapped && freeAt - world.Now > TimeFor(NetworkLimits.InterfaceQueueBytes - Math.Min(length, StreamShareBytesMax)))
            return false;
        passed = Take(length);
        return true;
    }

    /// <summary>Lets <paramref name="turn"/> happen when it may pass a segment, after those that wait already.</summary>
    internal void Wait(Scheduled turn)
    {
        waiting.Enqueue(turn);
        Arm();
    }

    private void Wake()
    {
        wake = null;
        // Whoever has more to send stands in the queue again: only those that wait now have their turn.
        for (var turns = waiting.Count; turns > 0 && HasTurn; turns--)
            waiting.Dequeue().Happen();
        Arm();
    }

    private void Arm()
    {
        if (wake is null && HasWaiters)
            wake = world.Schedule(IsCapped ? freeAt - StreamShare : world.Now, Wake);
    }

    private TimeSpan StreamShare => TimeFor(Math.Min(StreamShareBytesMax, bytesPerSecond / 4));

    private TimeSpan TimeFor(long bytes) => TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / bytesPerSecond);
}
