using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Network;

namespace Roj.Simulation.Tokens;

/// <summary>A machine that takes part in agreement, and passes a token round that rests on it.</summary>
internal sealed class LeasedMember(TokenTown town, TokenNode node, int index)
    : AgreementMember(town.Roster, index, town.Setup.Agreement)
{
    protected internal override void OnStart()
    {
        base.OnStart();
        if (Registers is null)
            return;
        Bind(TokenPart.Port);
        Listen(TokenCalls.Port);
        node.Begin();
    }

    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        if (to.Port == TokenPart.Port)
            node.Part?.Receive(from.Address, payload.Span);
        else
            base.OnDatagram(from, to, payload);
    }

    protected internal override void OnAccepted(SimStream stream, Endpoint from) => TokenCalls.Accepted(node, stream, from);

    protected internal override void OnConnected(SimStream stream) => TokenCalls.Connected(stream);

    protected internal override void OnConnectFailed(object? token, StreamEnd reason) => TokenCalls.Failed(token);

    protected internal override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes) => TokenCalls.Take(node, stream, bytes.Span);

    protected internal override void OnClosed(SimStream stream) => TokenCalls.Closed(stream);

    private protected override IReadOnlyCollection<NodeId> WhoIsHere() => [.. node.Part?.Here.Select(other => other.Identity) ?? []];
}
