using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Token;

namespace Roj.Host.Tokens;

/// <summary>What a <see cref="TokenWing"/> is given.</summary>
internal sealed record TokenOptions
{
    /// <summary>How much further than what a node knows others may say that the work is, where anybody may join.</summary>
    public const ulong StrangersLeapMax = 1UL << 40;

    /// <summary>Who the node is, and how it passes tokens.</summary>
    public required TokenSettings Settings { get; init; }

    /// <summary>Where it is.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>How others call its cluster, as a number.</summary>
    public required ulong Cluster { get; init; }

    /// <summary>Whether a majority is to decide whose turn it is, even while there is none.</summary>
    public required bool IsToAgree { get; init; }

    /// <summary>Where what is known is kept; null for nowhere.</summary>
    public required DataDirectory? Data { get; init; }

    /// <summary>The node's part in agreement; null while it has none.</summary>
    public required Func<AgreementService?> Agreement { get; init; }

    /// <summary>Sends a datagram.</summary>
    public required Action<Endpoint, ReadOnlyMemory<byte>> Send { get; init; }

    /// <summary>Told in which tokens this node takes part, each time that changes: others are told by its tags.</summary>
    public required Action<IReadOnlyList<string>> TakesPart { get; init; }

    /// <summary>Told what happens.</summary>
    public required Action<WingNews> Tell { get; init; }

    /// <summary>Shakes hands; null for a cluster without a key.</summary>
    public Tls? Tls { get; init; }
}
