using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>One direction between two machines.</summary>
internal sealed class Link(SimNetwork network, bool isLoopback)
{
    private const int Million = 1_000_000;

    // The kernel hands packets to itself: no wire that could treat them badly.
    private static readonly LinkConditions Loopback = new()
    {
        DelayMin = TimeSpan.FromMicroseconds(20),
        DelayMax = TimeSpan.FromMicroseconds(40),
    };

    private int blocks;
    private Instant cloggedUntil;
    private Instant lastDatagram;

    internal LinkConditions? Own { get; set; }

    internal LinkConditions Conditions => isLoopback ? Loopback : Own ?? network.Conditions;

    internal bool IsBlocked => blocks > 0 && !isLoopback;

    internal void Block() => blocks++;

    internal void Unblock() => blocks = Math.Max(0, blocks - 1);

    internal void Clog(Instant until) => cloggedUntil = isLoopback || until < cloggedUntil ? cloggedUntil : until;

    internal void Heal()
    {
        blocks = 0;
        Own = null;
    }

    /// <summary>When a datagram that leaves at <paramref name="depart"/> arrives: after those before it, unless it is held back.</summary>
    internal Instant DatagramArrival(Instant depart, Rng rng, NetworkCounts counts)
    {
        var arrival = Start(depart) + Delay(rng);
        if (Happens(Conditions.ReorderPpm, rng))
        {
            counts.Reordered++;
            return arrival + rng.Next(Conditions.DelayMax, (Conditions.DelayMax * 4) + TimeSpan.FromMilliseconds(1));
        }

        arrival = arrival < lastDatagram ? lastDatagram : arrival;
        lastDatagram = arrival;
        return arrival;
    }

    /// <summary>When a segment that leaves at <paramref name="depart"/> has got through, retransmissions included.</summary>
    internal Instant SegmentArrival(Instant depart, int length, Rng rng, NetworkCounts counts)
    {
        var arrival = Start(depart) + Delay(rng);
        var packets = (length / NetworkLimits.PacketBytes) + 1;
        var bad = Math.Min(BadPpm, 600_000);
        // The first round sends all packets, later ones what is missing: about one. Duplicate acknowledgements speak mostly within a
        // round trip (fast retransmit, RFC 5681); else the timer does.
        for (int round = 0, chance = (int)Math.Min((long)bad * packets, 600_000); round < 8 && Happens(chance, rng); round++, chance = bad)
        {
            counts.Retransmitted++;
            arrival += rng.Chance(3, 4) ? Delay(rng) * 2 : NetworkLimits.RetransmitFirst * (1 << round);
        }

        return arrival;
    }

    internal TimeSpan Delay(Rng rng)
    {
        var conditions = Conditions;
        var delay = rng.Next(conditions.DelayMin, conditions.DelayMax);
        // Short tails are commoner than long ones: each halving is as likely as the one before.
        return Happens(conditions.TailPpm, rng) ? delay + rng.Next(default, conditions.TailMax / (1 << rng.Next(4))) : delay;
    }

    /// <summary>Whether a datagram of <paramref name="length"/> bytes is lost.</summary>
    internal bool Loses(int length, Rng rng)
    {
        var loss = Conditions.LossPpm;
        return loss > 0 && Happens((int)Math.Min((long)loss * ((length / NetworkLimits.PacketBytes) + 1), Million), rng);
    }

    internal static bool Happens(int ppm, Rng rng) => ppm > 0 && rng.Next(Million) < ppm;

    private int BadPpm => Conditions.LossPpm + Conditions.CorruptPpm + Conditions.TruncatePpm;

    private Instant Start(Instant depart) => depart < cloggedUntil ? cloggedUntil : depart;
}
