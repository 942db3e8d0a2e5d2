using System.Globalization;
using Roj.Agreement;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Membership.Keeping;
using ElectionOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Election.Wire.ElectionMessage, Roj.Election.ElectionEvent, Roj.Election.ElectionEffect>;

namespace Roj.Host.Election;

/// <summary>Runs one node's part in elections on a real network.</summary>
/// <remarks>On the node's loop only.</remarks>
internal sealed class ElectionService : IDisposable
{
    /// <summary>The register whose lease makes a leader.</summary>
    public static readonly RegisterName Leader = Placement.Leader;

    private static readonly RegisterName colours = RegisterName.Of("colours");
    private static readonly TimeSpan WriteAgain = TimeSpan.FromSeconds(1);

    private readonly EventLoop loop;
    private readonly ElectionOptions options;
    private readonly LeaderElection election;
    private readonly LeaderHistory history;
    private readonly ElectionCalls calls;
    private readonly ElectionOutbox outbox = new();
    private readonly Dictionary<NodeId, Member> members = [];
    private readonly byte[] datagram = new byte[ElectionCodec.LengthMax];
    private AgreementService? watched;
    private readonly List<Outcome> endedEarly = [];
    private ChangeId? claim;
    private Task released = Task.CompletedTask;
    private long ringSent;
    private long ringRefused;
    private bool isClaiming;
    private bool areMembersUntold = true;
    private bool isStarted;
    private bool isCarrying;
    private bool isClosed;

    /// <summary>Takes part from <see cref="Start"/> on.</summary>
    /// <exception cref="NodeException">The term that was kept can't be read.</exception>
    public ElectionService(EventLoop loop, ElectionOptions options)
    {
        (this.loop, this.options) = (loop, options);
        var kept = options.Terms?.Read(ModeOf(options.Settings.IsToAgree)) ?? Term.None;
        election = new LeaderElection(options.Settings, kept, new Rng((ulong)Identity.Draw().Value));
        history = new LeaderHistory(NameOf);
        calls = new ElectionCalls(options.Settings.Own.Address, options.Keys, options.Tls);
    }

    /// <summary>Told when this node begins to lead, with the term; and when it ends, with null and how long what was started may take to be
    /// over.</summary>
    public Action<Term?, TimeSpan>? Leads { get; init; }

    /// <summary>Told of each other colour of this node.</summary>
    public Action<Colour, Term>? Coloured { get; init; }

    /// <summary>How it stands.</summary>
    public ElectionStatus Status => new()
    {
        Kind = options.Settings.Kind,
        Standing = election.Standing,
        Term = election.Term,
        Colouring = election.Colouring,
        History = history.All,
        Changes = history.Count,
        RingSent = ringSent,
        RingRefused = ringRefused,
    };

    /// <summary>Begins.</summary>
    public void Start() => Input(now =>
    {
        isStarted = true;
        election.Start(now, outbox);
    });

    /// <summary>Who is here has changed, or what is known of them.</summary>
    public void MembersChanged(IReadOnlyList<Member> all)
    {
        members.Clear();
        foreach (var member in all.Where(member => member.IsPresent && member.Id != options.Settings.Self))
            members[member.Id] = member;
        areMembersUntold = true;
    }

    /// <summary>A datagram came.</summary>
    /// <returns>Whether it is one of a member of this cluster.</returns>
    public bool Receive(Endpoint from, ReadOnlySpan<byte> bytes)
    {
        if (ElectionCodec.TryRead(bytes, out var cluster, out var sender, out var message) is not ReadStatus.Done
            || cluster != options.Cluster || !members.TryGetValue(sender, out var member) || member.Node.Address != from.Address)
        {
            return false;
        }

        Input(now =>
        {
            if (message is ElectionMessage.Heartbeat heartbeat)
                election.Hear(now, sender, heartbeat, outbox);
            else if (message is ElectionMessage.Resigned resigned)
                election.Hear(now, sender, resigned, outbox);
            else if (message is ElectionMessage.Outdated outdated)
                election.Hear(now, outdated, outbox);
        });
        return true;
    }

    /// <summary>A follower registers.</summary>
    /// <param name="node">Who.</param>
    /// <returns>The colours; null if this node does not lead, or does not know the other yet.</returns>
    public Colouring? Register(NodeId node)
    {
        Colouring? colouring = null;
        Input(now => colouring = election.Register(now, outbox));
        return colouring?.Colours.ContainsKey(node) is true ? colouring : null;
    }

    /// <summary>Something came round the ring.</summary>
    /// <returns>Why it is refused, null if it is not; and the latest term that is known.</returns>
    public (RingRefusal? Refusal, Term Known) Receive(RingMessage message)
    {
        RingRefusal? refusal = null;
        Input(now => refusal = election.Receive(now, message, outbox));
        ringRefused += refusal is null ? 0 : 1;
        return (refusal, election.Greatest);
    }

    /// <summary>Agreement tells something.</summary>
    public void Heard(AgreementEvent what)
    {
        switch (what)
        {
            case AgreementEvent.Held(var name, var epoch) when name == Leader:
                Granted(epoch);
                break;
            case AgreementEvent.Lapsed(var name, var epoch) when name == Leader:
                Input(now => election.Lapsed(now, epoch, outbox));
                break;
            case AgreementEvent.Vacant(var name) when name == Leader:
                Input(now => election.Vacant(now, outbox));
                break;
            case AgreementEvent.Ended(var outcome) when isClaiming:
                endedEarly.Add(outcome);
                break;
            case AgreementEvent.Ended(var outcome):
                Ended(outcome);
                break;
            case AgreementEvent.Seated(0, _):
                areMembersUntold = true;
                break;
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When to be called again though nothing came; null for never.</returns>
    public Instant? Turn()
    {
        if (isClosed || !isStarted)
            return null;
        if (options.Agreement() is { } agreement && agreement != watched)
        {
            watched = agreement;
            areMembersUntold = true;
            agreement.Watch(Leader);
        }

        if (areMembersUntold)
        {
            areMembersUntold = false;
            Input(now => election.Meet(now, [.. members.Values.Select(PeerOf)], Seats, outbox));
        }

        // While the disk is full agreement tells nothing, of the lease's end neither.
        var left = watched?.LeftOf(Leader);
        if (watched is not null && left is null && election.Standing is Standing.Leading(var term))
            Input(now => election.Lapsed(now, term.Counter, outbox));
        if (election.Deadline <= loop.Now)
            Input(now => election.Tick(now, outbox));
        return Instant.Earliest(election.Deadline, loop.Now + left);
    }

    /// <summary>The node is about to go: who leads hands over.</summary>
    /// <returns>Ends when others may lead, as far as that depends on this node.</returns>
    public Task LeaveAsync()
    {
        Input(now => election.Leave(now, outbox));
        return released;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isClosed = true;
        calls.Dispose();
    }

    private IReadOnlyList<NodeId>? Seats =>
        watched?.Roster is { } roster ? [.. roster.All] : options.Settings.IsToAgree ? [] : null;

    private string Mode => ModeOf(Seats is not null);

    private static string ModeOf(bool isQuorum) => isQuorum ? "quorum" : "available";

    private static Peer PeerOf(Member member) => new(
        member.Id, member.Node, member.Profile.Color is var colour && Enum.IsDefined((Colour)colour) ? (Colour)colour : Colour.None);

    private string NameOf(NodeId node) =>
        members.TryGetValue(node, out var member) ? member.Profile.Name
            : node == options.Settings.Self ? "this node"
            : node.ToString()[..8];

    private static string WhyDenied(Outcome outcome) => outcome.Refusal switch
    {
        Refusal.None => "the lease was over before it could be used",
        Refusal.TimedOut => "no majority of the roster answered in time, or another holds the lease",
        Refusal.NoRoster => "there is no roster yet",
        _ => outcome.Refusal.ToString(),
    };

    // Nobody remembers the colours after all were down: then they are read before others are made.
    private async void Granted(ulong epoch)
    {
        Colouring? remembered = null;
        if (election.Colouring == Colouring.None && options.Agreement() is { } agreement
            && await agreement.AskAsync(colours, null) is { Content.Data: { } data })
        {
            ColouringCodec.TryRead(data.Span, out remembered);
        }

        if (!isClosed && options.Agreement()?.EpochOf(Leader) == epoch)
            Input(now => election.Granted(now, epoch, remembered, outbox));
    }

    private void Input(Action<Instant> input)
    {
        if (isClosed)
            return;
        input(loop.Now);
        if (isCarrying)
            return; // an output led to another input: its outputs stand behind the ones being carried out
        isCarrying = true;
        try
        {
            for (var i = 0; i < outbox.Count; i++)
            {
                if (outbox[i].Message is { } message)
                    Say(outbox[i].To, message);
                else if (outbox[i].Effect is { } effect)
                    Do(effect);
                else
                    Tell(outbox[i].Event!);
            }
        }
        finally
        {
            outbox.Clear();
            isCarrying = false;
        }
    }

    private void Say(NodeId to, ElectionMessage message)
    {
        if (!members.TryGetValue(to, out var member))
        {
            if (message is RingMessage)
                Input(now => election.Undelivered(now, to, outbox));
            return;
        }

        if (message is ElectionMessage.Register(var term))
            Register(member, term);
        else if (message is RingMessage passed)
            Post(member, passed);
        else
            options.Send(member.Node, datagram.AsMemory(0, ElectionCodec.Write(options.Cluster, message, datagram)));
    }

    private async void Register(Member leader, Term term)
    {
        var colouring = await calls.RegisterAsync(leader, options.Settings.Self, term);
        Input(now => election.Registered(now, leader.Id, colouring, outbox));
    }

    private async void Post(Member neighbour, RingMessage message)
    {
        ringSent++;
        var (isAnswered, later) = await calls.PostAsync(neighbour, message);
        Input(now =>
        {
            if (isAnswered)
                election.Delivered(now, neighbour.Id, later, outbox);
            else
                election.Undelivered(now, neighbour.Id, outbox);
        });
    }

    private void Do(ElectionEffect effect)
    {
        switch (effect)
        {
            case ElectionEffect.Keep(var term):
                options.Terms?.Keep(Mode, term);
                break;
            case ElectionEffect.Claim:
                Claim();
                break;
            case ElectionEffect.Release:
                released = options.Agreement()?.ReleaseAsync(Leader) ?? Task.CompletedTask;
                break;
            case ElectionEffect.Write(var colouring):
                Write(colouring);
                break;
        }
    }

    // What can't succeed, as there is no roster yet, has ended before its id is known here.
    private void Claim()
    {
        isClaiming = true;
        claim = options.Agreement()?.Claim(Leader, options.Lease);
        isClaiming = false;
        if (claim is null)
            loop.Post(_ => Input(now => election.Denied(now, "this node can't keep anything at the moment", outbox)), null);
        foreach (var outcome in endedEarly)
            Ended(outcome);
        endedEarly.Clear();
    }

    private void Ended(Outcome outcome)
    {
        if (outcome.Id != claim)
            return;
        claim = null;
        // Granted too late, it is over already, and nothing else tells so.
        if (outcome.Applied is not Applied.Yes || options.Agreement()?.EpochOf(Leader) is null)
            Input(now => election.Denied(now, WhyDenied(outcome), outbox));
    }

    // Until it is written, or there is a later one.
    private async void Write(Colouring colouring)
    {
        while (!isClosed && election.Colouring == colouring && options.Agreement() is { } agreement
            && agreement.NextFence(Leader) is { } fence)
        {
            var outcome = await agreement.AskAsync(colours, new RegisterChange.Set(ColouringCodec.Write(colouring)) { Fence = fence });
            if (outcome.Applied is Applied.Yes || outcome.Refusal is Refusal.Fenced)
                return;
            await Task.Delay(WriteAgain);
        }
    }

    private void Tell(ElectionEvent what)
    {
        switch (what)
        {
            case ElectionEvent.Leads(var term):
                Leads?.Invoke(term, default);
                break;
            case ElectionEvent.LeadsNoMore:
                Leads?.Invoke(null, options.Lease / 10); // so much is left of the lease (Holding.Last)
                break;
            case ElectionEvent.LeaderChanged(var term, var why):
                history.Add(DateTimeOffset.UtcNow, term, why);
                options.Tell(new LeaderNews(term, why, Words(term, why)));
                break;
            case ElectionEvent.Coloured(var colouring):
                options.Tell(new ColorNews(colouring, Words(colouring)));
                Coloured?.Invoke(colouring.Colours.GetValueOrDefault(options.Settings.Self), colouring.Term);
                break;
            case ElectionEvent.Step(var step):
                var kind = options.Settings.Kind.ToString().ToLowerInvariant();
                options.Tell(new WingNews("election.step", $"{kind} election: {step}", LogLevel.Info));
                break;
        }
    }

    private string Words(Term? term, string why) => term is { } leads
        ? string.Create(CultureInfo.InvariantCulture, $"{NameOf(leads.Leader)} leads in term {leads.Counter}")
        : $"nobody leads: {why}";

    private string Words(Colouring colouring)
    {
        var greens = colouring.Colours.Where(one => one.Value is Colour.Green).Select(one => NameOf(one.Key)).ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"colors {colouring.Version} of term {colouring.Term.Counter}: {greens.Length} of {colouring.Colours.Count} green "
            + $"({string.Join(", ", greens)}), the rest red; this node {election.Own.ToString().ToLowerInvariant()}");
    }
}
