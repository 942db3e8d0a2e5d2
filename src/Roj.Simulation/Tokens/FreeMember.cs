using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Tokens;

/// <summary>A machine that passes a token round, and does nothing else.</summary>
internal sealed class FreeMember : Machine
{
    private readonly TokenNode node;

    public FreeMember(TokenTown town, TokenNode node, int index)
        : base(town.World, $"n{index}", 0x0A000001 + (uint)index)
    {
        this.node = node;
        Clock.SetPace(town.Setup.Agreement.PaceOf(index));
    }

    protected internal override void OnStart()
    {
        Bind(TokenPart.Port);
        Listen(TokenCalls.Port);
        node.Begin();
    }

    protected internal override void OnStopped() => node.End();

    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload) =>
        node.Part?.Receive(from.Address, payload.Span);

    protected internal override void OnAccepted(SimStream stream, Endpoint from) => TokenCalls.Accepted(node, stream, from);

    protected internal override void OnConnected(SimStream stream) => TokenCalls.Connected(stream);

    protected internal override void OnConnectFailed(object? token, StreamEnd reason) => TokenCalls.Failed(token);

    protected internal override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes) => TokenCalls.Take(node, stream, bytes.Span);

    protected internal override void OnClosed(SimStream stream) => TokenCalls.Closed(stream);
}
