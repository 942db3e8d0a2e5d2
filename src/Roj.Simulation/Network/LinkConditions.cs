namespace Roj.Simulation.Network;

/// <summary>How one direction between two machines treats what it carries. Rates are in millionths: 10,000 is one in a hundred.</summary>
/// <remarks>Loss, corruption and truncation only delay streams, which retransmit. Packets keep their order unless <see
/// cref="ReorderPpm"/>.</remarks>
public sealed record LinkConditions
{
    /// <summary>A quiet local network: 100–300 µs, nothing lost.</summary>
    public static LinkConditions Lan { get; } = new();

    /// <summary>The shortest way.</summary>
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>The longest usual way.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMicroseconds(300);

    /// <summary>How often a packet takes much longer.</summary>
    public int TailPpm { get; init; }

    /// <summary>How much longer at most.</summary>
    public TimeSpan TailMax { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a packet of up to 1,460 bytes is lost; a longer one is lost with any of its fragments.</summary>
    public int LossPpm { get; init; }

    /// <summary>How often a datagram arrives twice.</summary>
    public int DuplicatePpm { get; init; }

    /// <summary>How often a datagram is held back so that later ones overtake it.</summary>
    public int ReorderPpm { get; init; }

    /// <summary>How often one bit of a datagram is flipped.</summary>
    public int CorruptPpm { get; init; }

    /// <summary>How often a datagram loses its end.</summary>
    public int TruncatePpm { get; init; }
}
