using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Network;

namespace Roj.Simulation.Elections;

/// <summary>A machine that takes part in agreement, and in elections that rest on it.</summary>
internal sealed class QuorumMember(ElectionTown town, ElectionNode node, int index)
    : AgreementMember(town.Roster, index, town.Setup.Agreement)
{
    protected internal override void OnStart()
    {
        base.OnStart();
        if (Registers is null)
            return;
        Bind(ElectionPart.Port);
        Listen(RingCalls.Port);
        node.Begin();
    }

    protected internal override void OnShutdown() => node.Part?.Leave();

    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        if (to.Port == ElectionPart.Port)
            node.Part?.Receive(from.Address, payload.Span);
        else
            base.OnDatagram(from, to, payload);
    }

    protected internal override void OnAccepted(SimStream stream, Endpoint from)
    {
        if (node.Part is null)
            stream.Close();
    }

    protected internal override void OnConnected(SimStream stream) => RingCalls.Connected(stream);

    protected internal override void OnConnectFailed(object? token, StreamEnd reason) => RingCalls.Failed(token);

    protected internal override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes) => node.Part?.Ring.Take(stream, bytes.Span);

    protected internal override void OnClosed(SimStream stream) => RingCalls.Closed(stream);

    private protected override IReadOnlyCollection<NodeId> WhoIsHere() => [.. (node.Part?.Here ?? []).Select(peer => peer.Node)];
}
