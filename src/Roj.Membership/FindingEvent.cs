using Roj.Kernel;

namespace Roj.Membership;

/// <summary>What finding tells its own node.</summary>
public abstract record FindingEvent
{
    private FindingEvent()
    {
    }

    /// <summary>A node spoke for the first time, or says something else than before: another boot, id, swarm port or catalogue.</summary>
    /// <param name="Node">Where it is: the address it speaks from and the port it listens on.</param>
    /// <param name="Id">Who it says it is.</param>
    /// <param name="Boot">The number of its process.</param>
    /// <param name="SwarmPort">Where it listens for the peers of a file; 0 when it has no swarm.</param>
    /// <param name="Catalogue">The files it serves.</param>
    public sealed record PeerFound(
        Endpoint Node, NodeId Id, ulong Boot, ushort SwarmPort, IReadOnlyList<CatalogueEntry> Catalogue) : FindingEvent
    {
        /// <summary>One line, for logs and transcripts.</summary>
        public override string ToString() =>
            $"PeerFound {Node} {Id} boot {Boot:x} swarm {SwarmPort} files [{string.Join(", ", Catalogue)}]";
    }

    /// <summary>A node came into <see cref="Finder.Remembered"/> or left it: time to write it down.</summary>
    public sealed record PeersChanged : FindingEvent
    {
        /// <summary>The name alone.</summary>
        public override string ToString() => nameof(PeersChanged);
    }

    /// <summary>Another live process uses this node's id, and has proved that it hears us: the data directory was copied.</summary>
    /// <param name="Node">Where it is.</param>
    /// <param name="Boot">The number of its process.</param>
    public sealed record IdentityClash(Endpoint Node, ulong Boot) : FindingEvent
    {
        /// <summary>One line, for logs and transcripts.</summary>
        public override string ToString() => $"IdentityClash {Node} boot {Boot:x}";
    }
}
