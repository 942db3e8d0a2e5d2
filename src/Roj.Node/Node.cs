using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;

namespace Roj.Node;

/// <summary>One node as one value: its cores, and what the events of each mean to the others. The host and the simulator run the
/// same.</summary>
/// <remarks>One caller. After each input both outboxes are drained completely and cleared (<see cref="Clear"/>).</remarks>
public sealed class Node
{
    private readonly NodeSettings settings;
    private readonly Finder finder;
    private readonly Swarm swarm;
    private readonly Rendezvous rendezvous;

    /// <summary>A node that has not been started.</summary>
    public Node(NodeSettings settings, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(rng);
        this.settings = settings;
        finder = new Finder(settings.Finding, rng.Fork());
        swarm = new Swarm(settings.Swarm, rng.Fork());
        rendezvous = new Rendezvous(settings, swarm, rng.Fork());
    }

    /// <summary>What finding asks for.</summary>
    public FindingOutbox Finding { get; } = new();

    /// <summary>What the swarm asks for.</summary>
    public SwarmOutbox Files { get; } = new();

    /// <summary>What trackers and the local network are to be asked.</summary>
    public TrackingOutbox Tracking => rendezvous.Outbox;

    /// <summary>How the file stands; to be read, not to be called.</summary>
    public Swarm Swarm => swarm;

    /// <summary>Where this node listens for the swarm.</summary>
    public Endpoint Own => settings.Finding.Own.WithPort(settings.Swarm.ListenPort);

    /// <summary>How many nodes are there.</summary>
    public int Company => finder.Company;

    /// <summary>What finding refused so far.</summary>
    public Refusals Refusals => finder.Refusals;

    /// <summary>What is worth keeping for the next start.</summary>
    public NodeMemory Memory => new(swarm.Info, finder.Remembered);

    /// <summary>When <see cref="Tick"/> is next due; null while there is nothing to wait for.</summary>
    public Instant? Deadline(Instant now) =>
        Instant.Earliest(Instant.Earliest(finder.Deadline, swarm.Deadline(now)), rendezvous.Deadline());

    /// <summary>Forgets what was asked for: called when all of it has been carried out.</summary>
    public void Clear()
    {
        Finding.Clear();
        Files.Clear();
        Tracking.Clear();
    }

    /// <summary>Begins.</summary>
    /// <param name="now">The time.</param>
    /// <param name="described">The description that the user gave; it is stronger than the remembered one.</param>
    /// <param name="memory">What was kept from the last life.</param>
    public void Start(Instant now, InfoDictionary? described, NodeMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        // What is remembered of another file than the one sought is no help.
        var remembered = settings.Sought is { } other && other != memory.Info?.InfoHash ? null : memory.Info;
        if ((described ?? remembered) is { } info)
            swarm.Describe(now, info, Files);
        else if (settings.Sought is { } sought)
            swarm.Seek(sought);
        foreach (var peer in settings.SwarmPeers)
            swarm.Learn(now, peer, isStatic: true, restarted: false);
        foreach (var address in settings.Peers)
        {
            Meet(now, new Endpoint(address, settings.Finding.Own.Port), Source.Static);
            swarm.Learn(now, new Endpoint(address, settings.Swarm.ListenPort), isStatic: true, restarted: false);
        }

        foreach (var peer in memory.Peers)
        {
            Meet(now, peer, Source.Remembered);
            swarm.Learn(now, peer.WithPort(settings.Swarm.ListenPort), isStatic: false, restarted: false);
        }

        if (settings.Finds)
            finder.Start(now, Finding);
        Tick(now);
    }

    /// <summary>A peer may be at <paramref name="peer"/>: somebody said so who knows where nodes share files, and that this one may be
    /// new there.</summary>
    public void Learn(Instant now, Endpoint peer)
    {
        swarm.Learn(now, peer, isStatic: false, restarted: true);
        Route(now);
    }

    /// <summary>Somebody looks at who has how much of the file; it may be had at <paramref name="places"/>.</summary>
    public void Look(Instant now, IEnumerable<Endpoint> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        foreach (var place in places)
            swarm.Learn(now, place, isStatic: false, restarted: false);
        swarm.Look(now);
        Route(now);
    }

    /// <summary>A hello came.</summary>
    public void Greeted(Instant now, Endpoint from, Hello hello)
    {
        finder.Receive(now, from, hello, Finding);
        Route(now);
    }

    /// <summary>Who listens there could not be spoken to before, and can now.</summary>
    public void Introduced(Instant now, Endpoint from)
    {
        finder.Introduced(now, from, Finding);
        Route(now);
    }

    /// <summary>Somebody called; null if the host is to close the connection.</summary>
    public ConnectionId? Accept(Instant now, Endpoint remote)
    {
        var connection = swarm.Accept(now, remote, Files);
        Route(now);
        return connection;
    }

    /// <summary>A connection that the swarm asked for is there.</summary>
    public void Connected(Instant now, ConnectionId connection)
    {
        swarm.Connected(now, connection, Files);
        Route(now);
    }

    /// <summary>A connection was refused, or ended, or what came by it made no sense.</summary>
    public void Closed(Instant now, ConnectionId connection)
    {
        swarm.Closed(now, connection, Files);
        Route(now);
    }

    /// <summary>A peer's handshake came.</summary>
    public void Shaken(Instant now, ConnectionId connection, Handshake handshake)
    {
        swarm.Shaken(now, connection, handshake, Files);
        Route(now);
    }

    /// <summary>A peer's message came.</summary>
    public void Receive(Instant now, ConnectionId connection, PeerMessage message)
    {
        if (message is PeerMessage.Piece(var block))
            rendezvous.Received(block.Length);
        swarm.Receive(now, connection, message, Files);
        Route(now);
    }

    /// <summary>Part of a peer's message came.</summary>
    public void Heard(Instant now, ConnectionId connection) => swarm.Heard(now, connection);

    /// <summary>The kernel took payload for a connection.</summary>
    public void Drained(Instant now, ConnectionId connection, long bytes)
    {
        rendezvous.Given(bytes);
        swarm.Drained(now, connection, bytes, Files);
        Route(now);
    }

    /// <summary>A piece on disk was hashed.</summary>
    public void Verified(Instant now, int piece, bool right)
    {
        swarm.Verified(now, piece, right, Files);
        Route(now);
    }

    /// <summary>Somebody else changed the data file.</summary>
    public void Changed(Instant now)
    {
        swarm.Changed(now, Files);
        Route(now);
    }

    /// <summary>A tracker answered these bytes.</summary>
    public void TrackerAnswered(Instant now, TrackerUrl from, ReadOnlySpan<byte> body)
    {
        rendezvous.Answered(now, from, body);
        Route(now);
    }

    /// <summary>A tracker could not be asked, or did not answer.</summary>
    public void TrackerFailed(Instant now, TrackerUrl from, string why)
    {
        rendezvous.Failed(now, from, why);
        Route(now);
    }

    /// <summary>A program of the local network told which files it shares (BEP 14).</summary>
    public void HeardNearby(Instant now, Endpoint from, LocalSearchMessage message)
    {
        rendezvous.Heard(now, from, message);
        Route(now);
    }

    /// <summary>Somebody asks this node as a tracker; the whole HTTP response.</summary>
    public byte[] AskedAsTracker(Instant now, Endpoint from, HttpRequestHead request)
    {
        var answer = rendezvous.Answer(now, from, request, Own);
        Route(now);
        return answer;
    }

    /// <summary>The node is about to end: says so to the trackers that know of it.</summary>
    /// <returns>Whether there is an answer worth a moment's waiting; <see cref="IsGone"/> then tells when it came.</returns>
    public bool Leave()
    {
        rendezvous.Stop();
        return !rendezvous.IsDone;
    }

    /// <summary>After <see cref="Leave"/>: whether every tracker has heard it.</summary>
    public bool IsGone => rendezvous.IsDone;

    /// <summary>Time has passed.</summary>
    public void Tick(Instant now)
    {
        if (finder.Deadline <= now)
            finder.Tick(now, Finding);
        Route(now);
        if (swarm.Deadline(now) <= now)
            swarm.Tick(now, Files);
        Route(now);
        if (rendezvous.Deadline() <= now)
            rendezvous.Tick(now);
        Route(now);
    }

    private void Route(Instant now)
    {
        // What one core does about an event may be an event for the other: on until both are quiet.
        rendezvous.Follow(now);
        for (var (found, shared, tracked) = (0, 0, 0); found < Finding.Count || shared < Files.Count || tracked < Tracking.Count;)
        {
            for (; found < Finding.Count; found++)
            {
                if (Finding[found].Event is FindingEvent.PeerFound peer)
                    Introduce(now, peer);
            }

            for (; tracked < Tracking.Count; tracked++)
            {
                if (Tracking[tracked].Event is TrackingEvent.PeersFound(var peers))
                    Introduce(now, peers);
            }

            for (; shared < Files.Count; shared++)
            {
                switch (Files[shared].Event)
                {
                    case SwarmEvent.Completed(var repaired):
                        rendezvous.Completed(now, repaired);
                        break;
                    case SwarmEvent.Described(var info):
                        finder.Offer(now, [new CatalogueEntry(new FileId(info.InfoHash.High, info.InfoHash.Low), info.Name)], Finding);
                        break;
                    case SwarmEvent.PeerLearnt(var endpoint):
                        Meet(now, endpoint.WithPort(settings.Finding.Own.Port), Source.Exchanged);
                        break;
                }
            }
        }
    }

    private void Introduce(Instant now, FindingEvent.PeerFound found)
    {
        if (found.SwarmPort == 0)
            return;
        var endpoint = found.Node.WithPort(found.SwarmPort);
        swarm.Learn(now, endpoint, isStatic: false, restarted: true);
        swarm.Serves(
            endpoint,
            [.. found.Catalogue.Select(entry => new ServedFile(new Sha1Digest(entry.File.High, entry.File.Low), entry.Name))]);
    }

    private void Introduce(Instant now, IReadOnlyList<Endpoint> peers)
    {
        foreach (var peer in peers)
        {
            // Ourselves, whom every tracker names; and somebody's loopback, which is only ours if we stand on it too.
            if (peer == Own || (peer.Address >> 24 == 127 && Own.Address >> 24 != 127))
                continue;
            swarm.Learn(now, peer, isStatic: false, restarted: false);
            Meet(now, peer.WithPort(settings.Finding.Own.Port), Source.Exchanged);
        }
    }

    private void Meet(Instant now, Endpoint node, Source source)
    {
        if (settings.Finds)
            finder.Learn(now, node, source, Finding);
    }
}
