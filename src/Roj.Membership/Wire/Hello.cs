using System.Globalization;
using Roj.Kernel;

namespace Roj.Membership.Wire;

/// <summary>The only message of finding: who speaks, since when, where it listens, what it serves and whom it knows.</summary>
/// <param name="Kind">Whether it asks or answers.</param>
/// <param name="Cluster">The cluster's name, 1–<see cref="ClusterBytesMax"/> bytes of UTF-8.</param>
/// <param name="Id">The sender.</param>
/// <param name="Boot">A random number of the sender's process, never 0: another one means that the sender was started again.</param>
/// <param name="YourBoot">
/// The receiver's <see cref="Boot"/> as the sender last heard it; 0 when it has not. Whoever says ours has received a hello of ours: its
/// address is no forgery. (BFD does the same with My and Your Discriminator: RFC 5880, 6.3.)
/// </param>
/// <param name="NodePort">Where the sender listens for other nodes, UDP and TCP; never 0.</param>
/// <param name="SwarmPort">Where it listens for the peers of a file; 0 when it has no swarm.</param>
/// <param name="Catalogue">Files it serves: at most <see cref="CatalogueMax"/>, fewer if their names are long.</param>
/// <param name="Peers">Nodes that it has heard lately, as many as fit.</param>
public sealed record Hello(
    HelloKind Kind,
    string Cluster,
    NodeId Id,
    ulong Boot,
    ulong YourBoot,
    ushort NodePort,
    ushort SwarmPort,
    IReadOnlyList<CatalogueEntry> Catalogue,
    IReadOnlyList<Endpoint> Peers)
{
    /// <summary>The longest cluster name in bytes of UTF-8: that of a DNS label.</summary>
    public const int ClusterBytesMax = 63;

    /// <summary>Most entries of a catalogue.</summary>
    public const int CatalogueMax = 4;

    /// <summary>Whether <paramref name="other"/>, of the same place, tells the same of its sender: id, boot, swarm, files.</summary>
    public bool SaysTheSame(Hello other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Id == other.Id && Boot == other.Boot && SwarmPort == other.SwarmPort && Catalogue.SequenceEqual(other.Catalogue);
    }

    /// <summary>One line, for logs and transcripts.</summary>
    public override string ToString()
    {
        var catalogue = string.Join(", ", Catalogue);
        var peers = string.Join(", ", Peers);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind} {Cluster} {Id} boot {Boot:x} your {YourBoot:x} ports {NodePort}/{SwarmPort} files [{catalogue}] peers [{peers}]");
    }
}
