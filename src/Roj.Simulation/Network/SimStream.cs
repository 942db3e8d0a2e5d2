using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>One end of a TCP connection, as an application sees it: bytes arrive complete and in order, in pieces cut anywhere, or it
/// ends.</summary>
/// <remarks>
/// <para>Like a socket host with pooled buffers: a write is always taken whole. What the kernel has no room for is <see cref="Unsent"/>,
/// and
/// <see cref="Machine.OnDrained"/> tells when there is none left. Whoever wants to be bounded writes only while <see cref="Unsent"/> is 0,
/// or at most <see cref="Room"/>.</para>
/// <para>The end that calls <see cref="Close"/> or <see cref="Abort"/> hears no more of it; the other end's
/// <see cref="Machine.OnClosed"/> is called.</para>
/// </remarks>
public sealed class SimStream
{
    private readonly Queue<Segment> received = new();
    private readonly World world;
    private int place;
    private int owed;
    private bool reading = true;
    private Flow? incoming;
    private Flow? outgoing;

    internal SimStream(Machine machine, Endpoint local, Endpoint remote, object? token)
    {
        Machine = machine;
        Local = local;
        Remote = remote;
        Token = token;
        world = machine.World;
        place = machine.Streams.Count;
        machine.Streams.Add(this);
    }

    /// <summary>The machine whose end this is.</summary>
    public Machine Machine { get; }

    /// <summary>The own address and port.</summary>
    public Endpoint Local { get; }

    /// <summary>The other end's.</summary>
    public Endpoint Remote { get; }

    /// <summary>What <see cref="Machine.Connect"/> was given; free for the program's use, on accepted streams too.</summary>
    public object? Token { get; set; }

    /// <summary>How it ended, as far as the kernel knows; <see cref="StreamEnd.None"/> while it lives or is still being
    /// connected.</summary>
    public StreamEnd End { get; private set; }

    /// <summary>Whether it is connected and can be written to.</summary>
    public bool IsOpen => IsEstablished && End == StreamEnd.None && !IsLetGo;

    /// <summary>Bytes written that the kernel has not taken yet.</summary>
    public int Unsent => outgoing?.Unsent ?? 0;

    /// <summary>How many bytes the kernel would take at once.</summary>
    public int Room => IsOpen ? outgoing!.Room : 0;

    /// <summary>Whether the program takes what arrives. While false, bytes and the end wait, and the other end fills up.</summary>
    public bool Reading
    {
        get => reading;
        set
        {
            reading = value;
            for (; reading && owed > 0; owed--)
                Machine.Inbox.Post(new Input(InputKind.Readable, this));
        }
    }

    /// <summary>Whether this end's program closed it: it is told nothing any more.</summary>
    internal bool IsLetGo { get; private set; }

    internal bool IsEstablished { get; set; }

    internal SimStream? Peer { get; private set; }

    /// <summary>Sends bytes; they are copied.</summary>
    /// <returns>False if the stream is not open: they are thrown away.</returns>
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen)
            return false;
        outgoing!.Write(bytes);
        return true;
    }

    /// <summary>Sends what was written and then the end. Bytes that still arrive make the kernel reset the connection, as close(2)
    /// does.</summary>
    public void Close()
    {
        if (IsLetGo)
            return;
        LetGo();
        if (End != StreamEnd.None)
            return;
        if (IsEstablished)
            outgoing!.Finish();
        else
            Abort();
    }

    /// <summary>Ends it at once: what is unsent is lost, the other end sees a reset.</summary>
    public void Abort()
    {
        LetGo();
        if (End != StreamEnd.None)
            return;
        Die(StreamEnd.Reset);
        TellPeer();
    }

    /// <summary><c>local &gt; remote</c>.</summary>
    public override string ToString() => $"{Local} > {Remote}";

    /// <summary>Makes two ends a connection. The server may write at once; nothing of it arrives before the answer.</summary>
    internal static void Join(SimStream client, SimStream server, Instant answerAt)
    {
        client.Peer = server;
        server.Peer = client;
        server.IsEstablished = true;
        client.outgoing = server.incoming = new Flow(client, server, answerAt);
        server.outgoing = client.incoming = new Flow(server, client, answerAt);
    }

    /// <summary>The kernel has received the next piece.</summary>
    internal void Receive(Segment segment)
    {
        received.Enqueue(segment);
        Machine.Inbox.Post(new Input(InputKind.Readable, this));
    }

    /// <summary>Gives the program the next piece.</summary>
    internal void HandOver()
    {
        if (IsLetGo)
            return;
        if (!reading)
        {
            owed++;
            return;
        }

        var segment = received.Dequeue();
        if (segment.IsEnd)
        {
            world.Trace.Add(Machine, "closed", Local, Remote, default);
            Machine.OnClosed(this);
            return;
        }

        var bytes = segment.Buffer.AsMemory(0, segment.Length);
        world.Trace.Add(Machine, "bytes", Remote, Local, bytes.Span);
        world.Network.Counts.StreamBytes += segment.Length;
        incoming!.WasRead(segment.Length);
        Machine.OnBytes(this, bytes);
        world.Buffers.Return(segment.Buffer!, segment.Length);
    }

    /// <summary>The kernel has the other end's last word.</summary>
    internal void PeerFinished() => Fail(StreamEnd.Closed);

    /// <summary>The kernel ends this end; the program is told after the bytes that came before.</summary>
    internal void Fail(StreamEnd reason)
    {
        if (End != StreamEnd.None)
            return;
        if (!IsEstablished)
        {
            FailToConnect(reason); // the answer to the call is overtaken
            return;
        }

        Die(reason);
        if (!IsLetGo)
            Receive(default);
    }

    /// <summary>The kernel has no hope any more, and says so in case the other end hears it.</summary>
    internal void GiveUp()
    {
        Fail(StreamEnd.TimedOut);
        TellPeer();
    }

    internal void FailToConnect(StreamEnd reason)
    {
        Die(reason);
        Machine.Inbox.Post(new Input(InputKind.ConnectFailed, this));
    }

    /// <summary>This end's program was killed.</summary>
    internal void Kill()
    {
        // Abort's LetGo frees what waits to be read; a program that had closed properly already leaves the rest to the kernel.
        if (!IsLetGo)
            Abort();
    }

    /// <summary>This end's machine lost its power.</summary>
    internal void Vanish()
    {
        LetGo();
        Die(StreamEnd.Reset);
        Peer?.LosePeer();
    }

    /// <summary>Neither end can reach the other any more.</summary>
    internal void LoseBothEnds()
    {
        outgoing?.Lose();
        incoming?.Lose();
        LosePeer();
        Peer?.LosePeer();
    }

    internal void Die(StreamEnd reason)
    {
        if (End != StreamEnd.None)
            return;
        End = reason;
        outgoing?.Release();
        var streams = Machine.Streams;
        streams[place] = streams[^1];
        streams[place].place = place;
        streams.RemoveAt(streams.Count - 1);
    }

    private void LetGo()
    {
        IsLetGo = true;
        while (received.TryDequeue(out var segment))
        {
            if (!segment.IsEnd)
                world.Buffers.Return(segment.Buffer!, segment.Length);
        }
    }

    private void TellPeer()
    {
        if (Peer is not { End: StreamEnd.None } peer)
            return;
        var link = world.Network.LinkOf(Machine, peer.Machine);
        if (link.IsBlocked)
            peer.LosePeer();
        else
            world.Schedule(world.Now + link.Delay(world.Network.StreamRng), () => peer.Fail(StreamEnd.Reset));
    }

    /// <summary>The other end went silent. What is under way times out; an idle end finds out by probing.</summary>
    private void LosePeer()
    {
        if (End != StreamEnd.None)
            return;
        outgoing?.Suspect();
        world.Schedule(world.Now + NetworkLimits.KeepAlive, () => Fail(StreamEnd.TimedOut));
    }
}
