using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Tests;

/// <summary>A program that notes what it is told and does what a test says.</summary>
internal sealed class Probe(World world, string name, uint address) : Machine(world, name, address)
{
    internal const ushort Port = 7000;

    internal List<(Instant At, Endpoint From, Endpoint To, byte[] Payload)> Datagrams { get; } = [];

    internal List<SimStream> Accepted { get; } = [];

    internal List<SimStream> Connected { get; } = [];

    internal List<(object? Token, StreamEnd Reason, Instant At)> Failures { get; } = [];

    internal List<(SimStream Stream, StreamEnd End, Instant At)> Closed { get; } = [];

    internal List<byte> Bytes { get; } = [];

    internal List<int> Cuts { get; } = [];

    internal List<Instant> Wakes { get; } = [];

    internal int Drains { get; private set; }

    internal Instant LastByteAt { get; private set; }

    internal Action<Probe>? Starting { get; set; }

    internal Action<SimStream, ReadOnlyMemory<byte>>? Reading { get; set; }

    internal Action<Endpoint, ReadOnlyMemory<byte>>? Hearing { get; set; }

    internal Endpoint Endpoint => new(Address, Port);

    internal void Send(Machine to, params ReadOnlySpan<byte> payload) => Send(Port, new Endpoint(to.Address, Port), payload);

    protected override void OnStart()
    {
        Bind(Port);
        Listen(Port);
        Starting?.Invoke(this);
    }

    protected override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        Datagrams.Add((World.Now, from, to, payload.ToArray()));
        Hearing?.Invoke(from, payload);
    }

    protected override void OnAccepted(SimStream stream, Endpoint from) => Accepted.Add(stream);

    protected override void OnConnected(SimStream stream) => Connected.Add(stream);

    protected override void OnConnectFailed(object? token, StreamEnd reason) => Failures.Add((token, reason, World.Now));

    protected override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes)
    {
        Bytes.AddRange(bytes.Span);
        Cuts.Add(bytes.Length);
        LastByteAt = World.Now;
        Reading?.Invoke(stream, bytes);
    }

    protected override void OnDrained(SimStream stream) => Drains++;

    protected override void OnClosed(SimStream stream) => Closed.Add((stream, stream.End, World.Now));

    protected override void OnWake() => Wakes.Add(World.Now);
}
