using System.Diagnostics;
using Roj.Kernel;

namespace Roj.Membership;

/// <summary>The gentle sweep: each address of the nearest /24, in random order, one at a time.</summary>
/// <remarks>
/// A sweep that has begun is finished though somebody answered, else two that found each other would never look for the other two. But
/// all that found each other sweep together as slowly as one of them alone did: the neighbour table may be that of one host.
/// </remarks>
internal sealed class Sweep(FinderSettings settings, Rng rng)
{
    private readonly Subnet? net = FindNet(settings);
    private Phase phase = new Phase.Idle();
    private bool hasSwept;

    /// <summary>When <see cref="TryNext"/> is next due.</summary>
    internal Instant? Deadline => phase switch
    {
        Phase.Resting(var until) => until,
        Phase.Walking(_, _, var nextAt) => nextAt,
        _ => null,
    };

    /// <summary>Nobody is there: sweep, unless somebody answers within a while.</summary>
    internal void Await(Instant now)
    {
        if (net is not null && phase is Phase.Idle)
            phase = new Phase.Resting(now + settings.Timings.SweepAfter);
    }

    /// <summary>Somebody is there: no sweep begins, but one that has begun goes on.</summary>
    /// <remarks>Where nobody broadcasts, nothing else leads to those whom no one here knows: two pairs that found each other again by what
    /// they remembered would stay two pairs (seed 881). There the first sweep of a life is made in company too.</remarks>
    internal void Found()
    {
        if (phase is Phase.Resting && (settings.Broadcast || hasSwept))
            phase = new Phase.Idle();
    }

    /// <summary>The next address to ask, if one is due. One, however late: a pause is not made up for.</summary>
    internal bool TryNext(Instant now, int company, out uint address)
    {
        address = 0;
        if (!(Deadline <= now))
            return false;
        if (phase is Phase.Resting)
            (phase, hasSwept) = (new Phase.Walking(Shuffled(), 0, now), true);

        switch (phase)
        {
            case Phase.Walking(var order, var index, _) when index < order.Length:
                address = order[index];
                phase = new Phase.Walking(order, index + 1, now + TimeSpan.FromTicks(settings.Timings.SweepGap.Ticks * (company + 1)));
                return true;
            case Phase.Walking when company == 0: // the last one has had its time: rest, then all again
                phase = new Phase.Resting(now + settings.Timings.SweepPause);
                return false;
            case Phase.Walking:
                phase = new Phase.Idle();
                return false;
            default:
                throw new UnreachableException($"due in {phase}");
        }
    }

    private static Subnet? FindNet(FinderSettings settings)
    {
        foreach (var subnet in settings.Sweep ? settings.Subnets : [])
        {
            if (subnet.Contains(settings.Own.Address))
                return subnet with { Address = settings.Own.Address };
        }

        return null;
    }

    private uint[] Shuffled()
    {
        var whole = net!.Value;
        var near = whole.Nearest24;
        var addresses = new List<uint>();
        for (var i = 0; i < near.Count; i++)
        {
            var address = near.First + (uint)i;
            // The first and last address of a network are nobody's; those of a /24 within a larger one may be somebody's.
            if (address != settings.Own.Address && !whole.IsReserved(address))
                addresses.Add(address);
        }

        var order = addresses.ToArray();
        rng.Shuffle<uint>(order);
        return order;
    }

    private abstract record Phase
    {
        internal sealed record Idle : Phase;

        internal sealed record Resting(Instant Until) : Phase;

        internal sealed record Walking(uint[] Order, int Index, Instant NextAt) : Phase;
    }
}
