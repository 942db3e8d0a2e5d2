using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>What nodes say to each other about who leads.</summary>
public abstract record ElectionMessage
{
    /// <summary>The leader is there: a datagram to each node, again and again.</summary>
    /// <param name="Term">The leadership.</param>
    /// <param name="Version">The version of its colours; 0 while there are none.</param>
    public sealed record Heartbeat(Term Term, ulong Version) : ElectionMessage;

    /// <summary>The leader lays its leadership down: a datagram to each node.</summary>
    /// <param name="Term">The leadership that is over.</param>
    /// <param name="Successor">Who is to stand first, since the leader goes; null if it leads no more, but stays.</param>
    public sealed record Resigned(Term Term, NodeId? Successor) : ElectionMessage;

    /// <summary>A later leadership than the leader's is known: a datagram to the leader, who begins a still later one, and goes on
    /// leading.</summary>
    /// <param name="Sender">Who says so.</param>
    /// <param name="Known">The later one, which may be over.</param>
    public sealed record Outdated(NodeId Sender, Term Known) : ElectionMessage;

    /// <summary>A follower registers with its leader, which answers with the colours: HTTP GET.</summary>
    /// <param name="Term">The leadership that it has heard of.</param>
    public sealed record Register(Term Term) : ElectionMessage;
}
