using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>One direction of a stream: what is written at one end, on its way to the other.</summary>
/// <remarks>
/// <para>Of the bytes written, up to a window are in flight: cut into segments, and not yet both read by the receiving program and
/// acknowledged. Segments keep their order, so one event, for the first of them, is enough.</para>
/// <para>When either direction between the machines is cut, or the receiver has no power, the flow is stuck: it tries again with growing
/// patience, and ends after <see cref="NetworkLimits.RetransmitPatience"/>.</para>
/// </remarks>
internal sealed class Flow
{
    private readonly SimStream sender;
    private readonly SimStream receiver;
    private readonly World world;
    private readonly Rng rng;
    private readonly NetworkCounts counts;
    private readonly int windowBytes;
    private readonly Link link;
    private readonly Link back;
    private readonly RatedPort egress;
    private readonly RatedPort ingress;
    private readonly ByteRing queue;
    private readonly Queue<Segment> wire = new();
    private readonly Turn pump;
    private readonly Turn arrival;
    private readonly Turn credit;
    private readonly Turn retry;

    private Segment? stalled;
    private Instant lastArrival;
    private Instant? stuckSince;
    private Instant giveUpAt;
    private TimeSpan patience;
    private int inFlight;
    private int read;
    private int crediting;
    private bool admitted;
    private bool wantsDrain;
    private bool finishing;
    private bool finished;
    private bool lost;

    internal Flow(SimStream sender, SimStream receiver, Instant notBefore)
    {
        this.sender = sender;
        this.receiver = receiver;
        lastArrival = notBefore;
        world = sender.Machine.World;
        var network = world.Network;
        rng = network.StreamRng;
        counts = network.Counts;
        windowBytes = network.WindowBytes;
        link = network.LinkOf(sender.Machine, receiver.Machine);
        back = network.LinkOf(receiver.Machine, sender.Machine);
        var isLoopback = sender.Machine == receiver.Machine;
        egress = isLoopback ? new RatedPort(world) : network.Egress(sender.Machine);
        ingress = isLoopback ? egress : network.Ingress(receiver.Machine);
        queue = new ByteRing(world.Buffers);
        pump = new Turn(world, Pump);
        arrival = new Turn(world, Arrive);
        credit = new Turn(world, Credited);
        retry = new Turn(world, Retry);
    }

    internal int Unsent => Math.Max(0, queue.Length + inFlight - windowBytes);

    internal int Room => Math.Max(0, windowBytes - queue.Length - inFlight);

    private bool IsCut => lost || link.IsBlocked || back.IsBlocked || !receiver.Machine.IsPowered;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        queue.Write(bytes);
        wantsDrain |= Unsent > 0;
        // At the end of this instant: what a handler writes piece by piece is mostly received together, and sometimes not.
        if (!bytes.IsEmpty)
            pump.At(world.Now);
    }

    /// <summary>Sends the end behind everything that was written.</summary>
    internal void Finish()
    {
        finishing = true;
        pump.At(world.Now);
    }

    /// <summary>The receiving program has read so many bytes: the sender hears of it after a while.</summary>
    internal void WasRead(int length)
    {
        read += length;
        Credit();
    }

    /// <summary>The receiver fell silent: notices if anything is under way.</summary>
    internal void Suspect()
    {
        if (inFlight > 0 || queue.Length > 0 || finishing)
            GetStuck();
    }

    /// <summary>An end's address is no longer where it was: nothing gets through any more.</summary>
    internal void Lose() => lost = true;

    /// <summary>The sending end is no more. What is on the wire arrives all the same.</summary>
    internal void Release()
    {
        queue.Clear();
        if (stalled is { IsEnd: false } segment)
            world.Buffers.Return(segment.Buffer!, segment.Length);
        stalled = null;
        stuckSince = null;
    }

    private void Pump()
    {
        while (sender.End == StreamEnd.None && stuckSince is null && HasSomethingToCut)
        {
            if (!egress.HasTurn)
            {
                pump.WaitFor(egress);
                return;
            }

            Transmit(Cut());
            if (egress.HasWaiters && HasSomethingToCut)
            {
                pump.WaitFor(egress); // the others' turn
                return;
            }
        }

        if (finishing && !finished && queue.Length == 0 && sender.End == StreamEnd.None && stuckSince is null)
        {
            finished = true;
            Transmit(default);
        }
    }

    /// <summary>Not for a crumb of the window: that would be the silly window syndrome (RFC 1122, 4.2.3.4).</summary>
    private bool HasSomethingToCut =>
        queue.Length > 0 && windowBytes - inFlight >= Math.Min(queue.Length, NetworkLimits.PacketBytes);

    private Segment Cut()
    {
        // Crumbs, single packets, and what a kernel puts together of several: readers must bear any cut.
        var size = rng.Next(16) switch
        {
            0 => rng.Next(1, 65),
            < 4 => rng.Next(1, NetworkLimits.PacketBytes + 1),
            _ => rng.Next(NetworkLimits.PacketBytes, NetworkLimits.SegmentBytesMax + 1),
        };
        size = Math.Min(size, Math.Min(egress.SegmentBytesMax, ingress.SegmentBytesMax));
        size = Math.Min(size, Math.Min(queue.Length, windowBytes - inFlight));
        inFlight += size;
        var buffer = world.Buffers.Rent(size);
        queue.Read(buffer.AsSpan(0, size));
        return new Segment(buffer, size);
    }

    private void Transmit(Segment segment)
    {
        if (link.IsBlocked || lost)
        {
            stalled = segment;
            GetStuck();
            return;
        }

        var due = link.SegmentArrival(egress.Take(segment.Length), segment.Length, rng, counts);
        lastArrival = due < lastArrival ? lastArrival : due;
        wire.Enqueue(segment with { Due = lastArrival });
        if (wire.Count == 1)
            arrival.At(lastArrival);
    }

    private void Arrive()
    {
        while (wire.TryPeek(out var segment))
        {
            if (segment.Due > world.Now)
            {
                arrival.At(segment.Due);
                return;
            }

            if (!admitted && ingress.IsCapped)
            {
                if (!ingress.HasTurn)
                {
                    arrival.WaitFor(ingress);
                    return;
                }

                admitted = true;
                arrival.At(ingress.Take(segment.Length));
                return;
            }

            admitted = false;
            wire.Dequeue();
            Deliver(segment);
        }
    }

    private void Deliver(Segment segment)
    {
        if (receiver.End != StreamEnd.None || receiver.IsLetGo)
        {
            if (!segment.IsEnd)
                world.Buffers.Return(segment.Buffer!, segment.Length);
            DeliverToNobody(segment);
            return;
        }

        if (segment.IsEnd)
        {
            receiver.PeerFinished();
            sender.Die(StreamEnd.Closed);
            return;
        }

        receiver.Receive(segment);
        if (back.IsBlocked && sender.End == StreamEnd.None)
            GetStuck(); // the acknowledgement doesn't get through
    }

    private void DeliverToNobody(Segment segment)
    {
        if (sender.End != StreamEnd.None)
            return;
        if (IsCut)
        {
            GetStuck();
        }
        else if (segment.IsEnd && receiver.IsLetGo)
        {
            sender.Die(StreamEnd.Closed); // both closed at the same time
        }
        else
        {
            world.Schedule(world.Now + back.Delay(rng), () => sender.Fail(StreamEnd.Reset));
            receiver.Die(StreamEnd.Reset);
        }
    }

    private void Credit()
    {
        if (credit.IsArmed || read == 0 || stuckSince is not null || sender.End != StreamEnd.None)
            return;
        if (back.IsBlocked)
        {
            GetStuck();
            return;
        }

        crediting = read;
        read = 0;
        credit.At(world.Now + back.Delay(rng));
    }

    private void Credited()
    {
        inFlight -= crediting;
        crediting = 0;
        if (sender.End != StreamEnd.None)
            return;
        if (wantsDrain && Unsent == 0)
        {
            wantsDrain = false;
            sender.Machine.Inbox.Post(new Input(InputKind.Drained, sender));
        }

        Credit();
        Pump();
    }

    private void GetStuck()
    {
        if (stuckSince is not null)
            return;
        stuckSince = world.Now;
        giveUpAt = world.Now + NetworkLimits.RetransmitPatience + rng.Next(default, NetworkLimits.RetransmitPatience / 10);
        patience = NetworkLimits.RetransmitFirst;
        retry.At(world.Now + patience);
    }

    private void Retry()
    {
        if (sender.End != StreamEnd.None || stuckSince is null)
            return;
        counts.Retransmitted++;
        if (!IsCut)
        {
            GetUnstuck();
        }
        else if (world.Now >= giveUpAt)
        {
            sender.GiveUp();
        }
        else
        {
            patience *= 2;
            var again = world.Now + patience;
            retry.At(again < giveUpAt ? again : giveUpAt);
        }
    }

    private void GetUnstuck()
    {
        stuckSince = null;
        if (receiver.End != StreamEnd.None && wire.Count == 0)
        {
            sender.Fail(StreamEnd.Reset); // its machine is back and knows nothing of this stream
            return;
        }

        if (stalled is { } segment)
        {
            stalled = null;
            Transmit(segment);
        }

        Credit();
        Pump();
    }
}
