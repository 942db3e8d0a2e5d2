using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Elections;

/// <summary>A machine that takes part in elections, and in nothing else.</summary>
internal sealed class AvailableMember : Machine
{
    private readonly ElectionNode node;

    public AvailableMember(ElectionTown town, ElectionNode node, int index)
        : base(town.World, $"n{index}", 0x0A000001 + (uint)index)
    {
        this.node = node;
        Clock.SetPace(town.Setup.Agreement.PaceOf(index));
    }

    protected internal override void OnStart()
    {
        Bind(ElectionPart.Port);
        Listen(RingCalls.Port);
        node.Begin();
    }

    protected internal override void OnShutdown() => node.Part?.Leave();

    protected internal override void OnStopped() => node.End();

    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload) =>
        node.Part?.Receive(from.Address, payload.Span);

    protected internal override void OnAccepted(SimStream stream, Endpoint from)
    {
        if (node.Part is null)
            stream.Close();
    }

    protected internal override void OnConnected(SimStream stream) => RingCalls.Connected(stream);

    protected internal override void OnConnectFailed(object? token, StreamEnd reason) => RingCalls.Failed(token);

    protected internal override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes) => node.Part?.Ring.Take(stream, bytes.Span);

    protected internal override void OnClosed(SimStream stream) => RingCalls.Closed(stream);
}
