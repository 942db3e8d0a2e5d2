using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Tests.Fuzz;

/// <summary>The inputs that a swarm and a whole node have in common.</summary>
internal abstract class FuzzedCore
{
    internal abstract SwarmOutbox Outbox { get; }

    internal abstract Instant? Deadline(Instant now);

    /// <summary>Something comes that only this core takes: where others are, and what they serve.</summary>
    internal abstract void Hint(Instant now, Hostility hostility);

    internal abstract ConnectionId? Accept(Instant now, Endpoint remote);

    internal abstract void Connected(Instant now, ConnectionId connection);

    internal abstract void Closed(Instant now, ConnectionId connection);

    internal abstract void Shaken(Instant now, ConnectionId connection, Handshake handshake);

    internal abstract void Receive(Instant now, ConnectionId connection, PeerMessage message);

    internal abstract void Drained(Instant now, ConnectionId connection, long bytes);

    internal abstract void Verified(Instant now, int piece, bool right);

    internal abstract void Changed(Instant now);

    internal abstract void Tick(Instant now);

    /// <summary>All that was asked for has been carried out.</summary>
    internal abstract void Clear();
}
