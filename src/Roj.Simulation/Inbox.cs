using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation;

/// <summary>What the kernel holds for a machine's program: handed over at once when it is idle, in order when it was busy or
/// stopped.</summary>
internal sealed class Inbox(Machine machine) : Scheduled
{
    private readonly Queue<Input> waiting = new();
    private readonly World world = machine.World;
    private Instant busyUntil;
    private int datagramBytes;
    private int acceptsWaiting;
    private bool armed;
    private bool handling;

    internal bool BacklogIsFull => acceptsWaiting >= NetworkLimits.AcceptBacklog;

    internal void Post(in Input input)
    {
        if (machine.State == MachineState.Down)
        {
            Drop(input);
            return;
        }

        // A handler that asks for more must not be called again from inside itself.
        if (machine.State == MachineState.Up && waiting.Count == 0 && !handling && world.Now >= busyUntil)
        {
            Handle(input);
            return;
        }

        if (input.Kind == InputKind.Datagram)
        {
            if (datagramBytes + input.Length > NetworkLimits.DatagramBufferBytes)
            {
                world.Network.Counts.BufferDrops++;
                Drop(input);
                return;
            }

            datagramBytes += input.Length;
        }

        acceptsWaiting += input.Kind == InputKind.Accepted ? 1 : 0;
        waiting.Enqueue(input);
        Arm();
    }

    internal void Arm()
    {
        if (armed || waiting.Count == 0 || machine.State != MachineState.Up)
            return;
        armed = true;
        world.Schedule(busyUntil, this);
    }

    internal void Clear()
    {
        while (waiting.TryDequeue(out var input))
            Drop(input);
        datagramBytes = 0;
        acceptsWaiting = 0;
        busyUntil = default;
    }

    internal override void Happen()
    {
        while (machine.State == MachineState.Up && world.Now >= busyUntil && waiting.TryDequeue(out var input))
        {
            datagramBytes -= input.Kind == InputKind.Datagram ? input.Length : 0;
            acceptsWaiting -= input.Kind == InputKind.Accepted ? 1 : 0;
            Handle(input);
        }

        armed = false;
        Arm();
    }

    private void Handle(in Input input)
    {
        handling = true;
        try
        {
            HandOver(input);
        }
        finally
        {
            handling = false;
        }

        busyUntil = world.Now + machine.CostPerInput;
        // What a handler caused to wait could not be armed for the right moment before the cost was known.
        Arm();
    }

    private void HandOver(in Input input)
    {
        switch (input.Kind)
        {
            case InputKind.Datagram:
                var payload = input.Buffer.AsMemory(0, input.Length);
                world.Trace.Add(machine, "datagram", input.From, input.To, payload.Span);
                machine.OnDatagram(input.From, input.To, payload);
                Drop(input);
                break;
            case InputKind.Readable:
                input.Stream!.HandOver();
                break;
            case InputKind.Accepted:
                world.Trace.Add(machine, "accepted", input.Stream!.Remote, input.Stream.Local, default);
                machine.OnAccepted(input.Stream, input.Stream.Remote);
                break;
            case InputKind.Connected when !input.Stream!.IsLetGo:
                world.Trace.Add(machine, "connected", input.Stream.Local, input.Stream.Remote, default);
                machine.OnConnected(input.Stream);
                break;
            case InputKind.ConnectFailed when !input.Stream!.IsLetGo:
                world.Trace.Add(machine, "connect.failed", input.Stream.Local, input.Stream.Remote, default);
                machine.OnConnectFailed(input.Stream.Token, input.Stream.End);
                break;
            case InputKind.Drained when input.Stream!.IsOpen:
                machine.OnDrained(input.Stream);
                break;
            case InputKind.Wake:
                world.Trace.Add(machine, "wake", 0);
                machine.Wake();
                break;
            case InputKind.Action:
                input.Action!();
                break;
            default:
                // The stream was let go of while the word was on its way.
                break;
        }
    }

    private void Drop(in Input input)
    {
        if (input.Buffer is not null)
            world.Buffers.Return(input.Buffer, input.Length);
    }
}
