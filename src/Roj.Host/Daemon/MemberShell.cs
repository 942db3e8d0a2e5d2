using System.Globalization;
using System.Net.Sockets;
using Roj.Election;
using Roj.Host.Election;
using Roj.Host.Http.Views;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;

namespace Roj.Host.Daemon;

/// <summary>Runs one <see cref="Neighbourhood"/> on real sockets: inputs go in, and what it asks for is carried out.</summary>
/// <remarks>Everything here runs on the <see cref="EventLoop"/>, but for <see cref="AskAsync"/>, which may be called from
/// anywhere.</remarks>
public sealed class MemberShell : IDisposable
{
    private static readonly TimeSpan RetireEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(1);
    private static readonly int datagramMax = Math.Max(Wings.DatagramMax, Math.Max(HelloCodec.Length, SwimCodec.Length));

    private readonly EventLoop loop;
    private readonly Neighbourhood neighbourhood;
    private readonly ulong cluster;
    private readonly StateKeeper? state; // null: nothing is kept
    private readonly Action<NodeNews> tell;
    private readonly CutOff? cut; // null: nobody ever is
    private readonly ExchangeCalls exchanges;
    private readonly Outsiders outsiders;
    private readonly SealGate? gate; // null: no key
    private readonly KeyRotation? rotation; // as well
    private readonly byte[] outgoing = new byte[datagramMax];
    private readonly CancellationTokenSource closing = new();
    private DatagramSocket? datagrams;
    private Drops drops;
    private bool carrying;
    private bool hasNews; // for agreement

    internal MemberShell(
        EventLoop loop,
        Neighbourhood neighbourhood,
        string cluster,
        StateKeeper? state,
        Action<NodeNews> tell,
        TimeSpan? exchangePatience = null,
        ClusterKeys? keys = null,
        Action<Keyring>? keep = null,
        CutOff? cut = null)
    {
        Keys = keys;
        this.loop = loop;
        this.neighbourhood = neighbourhood;
        this.cluster = SwimCodec.ClusterHash(cluster);
        this.state = state;
        (this.tell, this.cut) = (tell, cut);
        outsiders = new Outsiders(keys, () => loop.Now, Warn);
        gate = keys is null ? null : OpenGate(keys);
        rotation = keys is null ? null : new KeyRotation(keys, ring => keep?.Invoke(ring), GiveAsync) { CaughtUp = gate!.CaughtUp };
        exchanges = new ExchangeCalls(neighbourhood.Members.Self.Node, this.cluster, AdmitsCaller, Reply, keys)
        {
            Patience = exchangePatience ?? ExchangeCalls.UsualPatience,
            RingGiven = ring => rotation!.Heard(ring),
            Over = loop.ChannelOver,
        };
        exchanges.Linked = Wings.Take;
        loop.AfterBatch = AfterBatch;
    }

    /// <summary>What was dropped so far. On the loop only.</summary>
    public Drops Drops => exchanges.Drops with
    {
        Malformed = drops.Malformed,
        OtherCluster = drops.OtherCluster + exchanges.Drops.OtherCluster,
        NotLocal = drops.NotLocal + exchanges.Drops.NotLocal,
        Sealed = gate?.Counts ?? default,
    };

    /// <summary>What else the node does.</summary>
    internal Wings Wings { get; } = new();

    /// <summary>The handshakes of the port between nodes; null without a key.</summary>
    internal Tls? Tls => exchanges.Tls;

    /// <summary>Has the node end as it does when it is told to; null where nobody may.</summary>
    internal Action? Stop { get; set; }

    /// <summary>The keys of the cluster; null for one that anybody may join.</summary>
    internal ClusterKeys? Keys { get; }

    /// <summary>Completes, with the reason, when the node can't go on.</summary>
    internal TaskCompletionSource<Exception> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Asks the neighbourhood something, or something of it, on its loop; from any thread.</summary>
    /// <param name="question">Runs on the loop: it must not wait, and gives back nothing that changes later.</param>
    /// <exception cref="OperationCanceledException">The node has ended.</exception>
    public Task<T> AskAsync<T>(Func<Neighbourhood, Instant, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var asked = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                try
                {
                    T? answer = default;
                    if (!closing.IsCancellationRequested)
                        Input(now => answer = question(neighbourhood, now));
                    asked.TrySetResult(answer!);
                }
                catch (Exception e) when (e is ArgumentException)
                {
                    asked.TrySetException(e);
                }
            },
            null);
        return asked.Task.WaitAsync(closing.Token);
    }

    /// <summary>Changes the cluster's key; from any thread.</summary>
    /// <param name="atOnce">Whether the old one goes at once, not after a day.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    /// <exception cref="IOException">The new one can't be kept: nothing has changed.</exception>
    internal async Task<RotationView> RotateAsync(bool atOnce)
    {
        if (rotation is null)
            throw new InvalidOperationException("there is no key to change");
        var self = neighbourhood.Members.Self.Id;
        var (others, rotating) = await AskAsync((all, _) =>
        {
            Member[] here = [.. all.Members.Members.Where(one => one.Id != self && one.State is MemberState.Alive or MemberState.Suspect)];
            return (here, rotation.RotateAsync([.. here.Select(one => one.Node)], atOnce));
        });
        var missed = await rotating;
        var ring = Keys!.Current;
        return new RotationView(
            KeyView.Word(ring.First.Id),
            ring.Version,
            others.Length - missed.Count,
            [.. others.Where(one => missed.Contains(one.Node)).Select(one => $"{one.Profile.Name} ({one.Node})")]);
    }

    /// <summary>Lets go of old keys when their time is over, until the node ends.</summary>
    internal void WatchAgeOf(RingKeeper ring) => Watch(RetireAsync(ring));

    private async Task RetireAsync(RingKeeper ring)
    {
        for (; rotation is not null && !closing.IsCancellationRequested; await Task.Delay(RetireEvery))
        {
            try
            {
                rotation.RetireIfDue(ring.Age);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Warn($"an old key can't be let go: {SystemReason.Of(e)}");
            }
        }
    }

    /// <summary>Has the node take part in elections. Before <see cref="Start"/>.</summary>
    internal void Join(ElectionService election)
    {
        Wings.Election = election;
        exchanges.Asked = new ElectionDoor(neighbourhood.Members.Self.Node.Address, election.Register, election.Receive).AnswerAsync;
    }

    /// <summary>Sends a datagram of another wing.</summary>
    internal void Say(Endpoint to, ReadOnlyMemory<byte> datagram) => datagrams?.Send(to, datagram.Span);

    /// <summary>Says which part this node plays.</summary>
    internal void Present(Colour colour) => Input(now =>
    {
        var self = neighbourhood.Members.Self;
        if (self.Profile.Color != (byte)colour)
            neighbourhood.Present(now, self.Profile with { Color = (byte)colour }, self.Tags);
    });

    /// <summary>Says other tags of this node.</summary>
    internal void Present(IEnumerable<KeyValuePair<string, string>> tags) => Input(now =>
    {
        var (profile, bytes) = (neighbourhood.Members.Self.Profile, Tags.Write(tags));
        if (bytes.Length <= Member.TagsBytesMax && !bytes.AsSpan().SequenceEqual(neighbourhood.Members.Self.Tags.Span))
            neighbourhood.Present(now, profile with { TagsVersion = profile.TagsVersion + 1 }, bytes);
    });

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="SocketException">The own address and port can't be had.</exception>
    internal void Listen(IReadOnlyList<Subnet> subnets)
    {
        exchanges.Listen();
        datagrams = DatagramSocket.Bind(
            neighbourhood.Members.Self.Node, subnets, datagramMax, Receive, Warn, gate, cut);
    }

    /// <summary>Begins to look for others, and to hear them.</summary>
    internal void Start(IReadOnlyList<Endpoint> configured, IReadOnlyList<Endpoint> remembered)
    {
        Watch(exchanges.AcceptAsync());
        Watch(datagrams!.ReceiveAsync());
        Input(now => neighbourhood.Start(now, configured, remembered));
        Wings.Start();
    }

    /// <summary>Something beside the node is wrong, and it goes on. On the node's thread.</summary>
    internal void Tell(WingNews news) => loop.Post(_ => tell(new NodeNews.OfWing(news)), null);

    internal void Warn(string text) => tell(new NodeNews.Warning(text));

    /// <summary>Gives back what it holds (<see cref="Wings.LeaveAsync"/>), says farewell, and goes on until enough have heard that, for a
    /// second at most.</summary>
    internal async Task LeaveAsync()
    {
        tell(new NodeNews.Leaving());
        // First: whoever hears a farewell hangs up, and what was still on its way to him is lost.
        await Wings.LeaveAsync();
        var begun = loop.Now;
        Input(neighbourhood.Leave);
        while (neighbourhood.Members.HasNews && loop.Now - begun < LeavePatience)
            await Task.Delay(10);
        await Wings.EndAsync();
        if (state is not null)
            await state.FinishAsync(neighbourhood);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        loop.AfterBatch = null;
        closing.Cancel();
        datagrams?.Dispose();
        exchanges.Dispose();
        gate?.Dispose();
        closing.Dispose();
    }

    private Instant? AfterBatch()
    {
        if (neighbourhood.Deadline <= loop.Now)
            Input(neighbourhood.Tick);
        if (hasNews)
        {
            hasNews = false;
            Wings.MembersChanged(neighbourhood.Members.Members);
        }

        var others = Wings.Turn();
        return Instant.Earliest(Instant.Earliest(neighbourhood.Deadline, state?.SaveIfDue(loop.Now, neighbourhood)), others);
    }

    /// <summary>A datagram came. Garbage costs no memory: it is what a flood is made of.</summary>
    internal void Receive(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        if (SwimCodec.IsOne(datagram))
            ReceiveSwim(from, datagram);
        else if (Wings.IsOne(datagram))
            ReceiveOfWing(from, datagram);
        else if (HelloCodec.TryRead(datagram, out var hello) == ReadStatus.Done)
            Hear(from, hello!);
        else
            Drop(from, datagram);
    }

    private void ReceiveOfWing(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        if (!neighbourhood.Admits(from))
            drops = drops with { NotLocal = drops.NotLocal + 1 };
        else if (!Wings.Receive(from, datagram))
            drops = drops with { Malformed = drops.Malformed + 1 };
    }

    private void Drop(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        drops = drops with { Malformed = drops.Malformed + 1 };
        outsiders.Heard(from, datagram);
    }

    private SealGate OpenGate(ClusterKeys keys) => new(new Seal(keys, neighbourhood.Members.Self.Id.Value), () => loop.Now, datagramMax)
    {
        Admits = neighbourhood.Admits,
        Introduced = from => Input(now => neighbourhood.Introduced(now, from)),
        Behind = (from, spoken) => Watch(rotation!.CatchUpAsync(loop.Now, from, spoken)),
        Refused = outsiders.Heard,
    };

    private void ReceiveSwim(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        if (!neighbourhood.Admits(from))
            drops = drops with { NotLocal = drops.NotLocal + 1 };
        else if (SwimCodec.TryRead(datagram, out var its, out var message) != ReadStatus.Done)
            drops = drops with { Malformed = drops.Malformed + 1 };
        else if (its != cluster)
            drops = drops with { OtherCluster = drops.OtherCluster + 1 };
        else
            Hear(from, message!);
    }

    // Methods of their own: what a closure takes along is made where its variables are, also where nothing comes of them.
    private void Hear(Endpoint from, Hello hello) => Input(now => neighbourhood.Greeted(now, from, hello));

    private void Hear(Endpoint from, SwimMessage message) => Input(now => neighbourhood.Receive(now, from, message));

    private bool AdmitsCaller(Endpoint from) => neighbourhood.Admits(from) && cut?.Has(from) is not true;

    private ExchangeMessage? Reply(ExchangeMessage message)
    {
        ExchangeMessage? answer = null;
        Input(now => answer = neighbourhood.Reply(now, message));
        return answer;
    }

    private Task<Keyring?> GiveAsync(Endpoint node, ClusterKey under, Keyring ring) => exchanges.GiveAsync(node, under.Id, ring);

    private async Task ExchangeAsync(Endpoint with)
    {
        await exchanges.CallAsync(with, neighbourhood.Members.Opening);
        Input(now => neighbourhood.Exchanged(now, with));
    }

    private async Task ConfrontAsync(Endpoint with)
    {
        await exchanges.CallAsync(with, () => neighbourhood.Claim(loop.Now));
        Input(now => neighbourhood.Confronted(now, with));
    }

    /// <summary>Gives the neighbourhood an input, at the time that it is, then carries out what comes of it.</summary>
    private void Input(Action<Instant> input)
    {
        input(loop.Now);
        if (carrying)
            return; // an effect led to another input: its outputs stand behind the ones being carried out
        carrying = true;
        try
        {
            for (var (found, kept) = (0, 0); found < neighbourhood.Finding.Count || kept < neighbourhood.Keeping.Count;)
            {
                for (; found < neighbourhood.Finding.Count; found++)
                    CarryOut(neighbourhood.Finding[found]);
                for (; kept < neighbourhood.Keeping.Count; kept++)
                    CarryOut(neighbourhood.Keeping[kept]);
            }
        }
        finally
        {
            neighbourhood.Clear();
            carrying = false;
        }
    }

    private void CarryOut(Output<Endpoint, Hello, FindingEvent, NoEffect> output)
    {
        if (output.Message is { } hello)
            datagrams!.Send(output.To, outgoing.AsSpan(0, HelloCodec.Write(hello, outgoing)));
        else if (output.Event is FindingEvent.PeersChanged)
            state?.Change();
        else
            tell(new NodeNews.Found(output.Event!));
    }

    private void CarryOut(Output<Endpoint, SwimMessage, MembershipEvent, KeepingEffect> output)
    {
        if (output.Message is { } message)
        {
            datagrams!.Send(output.To, outgoing.AsSpan(0, SwimCodec.Write(cluster, message, outgoing)));
        }
        else if (output.Effect is KeepingEffect.Exchange(var with))
        {
            Watch(ExchangeAsync(with));
        }
        else if (output.Effect is KeepingEffect.Confront(var clone))
        {
            Watch(ConfrontAsync(clone));
        }
        else
        {
            if (output.Event is MembershipEvent.Refuted(_, var incarnation))
                state?.Reached(incarnation);
            else if (output.Event is MembershipEvent.Superseded superseded)
                End(superseded);
            else if (output.Event is not MembershipEvent.CloneEnds)
                state?.Change();
            hasNews = true;
            tell(new NodeNews.Kept(output.Event!));
        }
    }

    /// <summary>Our data is another's: from here on nothing of it is written, and nothing is said in its name.</summary>
    private void End(MembershipEvent.Superseded by)
    {
        loop.AfterBatch = null;
        var since = (DateTimeOffset.UtcNow - by.Uptime).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        Failed.TrySetResult(new NodeException(
            $"another node with identity {neighbourhood.Members.Self.Id} runs at {by.Node} since {since}: this one stops"
            + (state is null ? "" : $"; delete {state.IdPath} to make it a new node")));
    }

    /// <summary>Sees to it that what goes wrong in <paramref name="task"/> ends the node instead of being lost.</summary>
    internal async void Watch(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
            // The shell is being closed.
        }
        catch (Exception e)
        {
            Failed.TrySetResult(e);
        }
    }
}
