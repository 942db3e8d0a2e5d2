using Roj.Files.Wire;

namespace Roj.Files;

/// <summary>What a swarm is told at its start, and its limits.</summary>
public sealed record SwarmSettings
{
    /// <summary>Our name in handshakes: new at every start.</summary>
    public required PeerId PeerId { get; init; }

    /// <summary>The port on which we listen, told to peers (BEP 10's <c>p</c>).</summary>
    public required ushort ListenPort { get; init; }

    /// <summary>A node dials until it has this many connections, those included that others dialled: enough that a random graph is hardly
    /// ever in two parts; where it is, <see cref="RotateAfter"/> mends it. The places above it are for those who come later.</summary>
    public int DialUpTo { get; init; } = 8;

    /// <summary>Connections at most, whoever dialled. With <see cref="LobbyMax"/> and one who has just called that is sixteen
    /// sockets.</summary>
    public int ConnectionsMax { get; init; } = 12;

    /// <summary>Callers that find all places taken and are told of other peers before the connection is closed, at one time.</summary>
    public int LobbyMax { get; init; } = 3;

    /// <summary>Places that one address may hold while others call in vain: a quarter. More are lent to it as long as nobody else
    /// wants them, so that nodes behind one address (a gateway, a loopback) are not kept apart.</summary>
    public int PlacesPerAddress { get; init; } = 4;

    /// <summary>A connection over which no block went for this long makes way for a caller, though it says that it wants some.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Addresses of peers remembered at most, beside those that the user named, which are all kept.</summary>
    public int CandidatesMax { get; init; } = 1024;

    /// <summary>Bytes of the smallest request: what every BitTorrent program accepts.</summary>
    public int BlockBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of one request at most, to peers that say they serve so much (see <see cref="ExtendedHandshake.BlockBytesMax"/>).
    /// A usual piece is one block then; a longer one would only make the first byte of it wait for a longer frame.</summary>
    public int LargeBlockBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes asked of one peer and not yet received, at first and at least: a LAN's round trip at some 100 Mbit/s.</summary>
    public int PipelineBytesMin { get; init; } = 64 * 1024;

    /// <summary>Bytes asked of one peer and not yet received, at most: the pipeline of BEP 3.</summary>
    public int PipelineBytesMax { get; init; } = 1024 * 1024;

    /// <summary>The pipeline holds about as much as the peer sends in this time: a few round trips over a busy link.</summary>
    public TimeSpan PipelineSpan { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Requests to one peer not yet answered, at most: libtorrent's and BEP 10's usual <c>reqq</c> of 250.</summary>
    public int RequestsMax { get; init; } = 250;

    /// <summary>Requests of one peer that wait for their turn, at most; the one past it ends the connection.</summary>
    public int RequestsOfPeerMax { get; init; } = 2000;

    /// <summary>Bytes of payload handed to the host for one connection and not yet taken by its kernel, at most one block more.</summary>
    public int UnsentBytesMax { get; init; } = 512 * 1024;

    /// <summary>Bytes that a complete node has promised and that have not arrived, over all peers: about as much as arrives in this
    /// time. Longer than <see cref="PipelineSpan"/>: it lasts from the promise until the piece was received whole and hashed.</summary>
    public TimeSpan SeedingSpan { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Such bytes at most.</summary>
    public int SeedingBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>A peer that was promised something and has got none of it for this long is slow: others are not kept waiting for
    /// it.</summary>
    public TimeSpan PromiseWeighs { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a piece that a peer was promised waits for its request, while the peer asks for nothing else.</summary>
    public TimeSpan PromiseFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a peer that got a piece from somebody else is taken to be fed: a complete node names it nothing that others
    /// have.</summary>
    public TimeSpan FedFor { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a peer may not hear that we got a piece which it has.</summary>
    public TimeSpan HaveDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>First wait before a peer that could not be reached is tried again.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a peer that could not be reached is tried again: it is tried for ever.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether a complete node dials nobody and waits to be called: where everybody who lacks the file learns of us by another
    /// way, and it is one file of many. Whom it can't reach it tries ever more seldom, up to
    /// <see cref="CompleteRest"/>.</summary>
    public bool RestsWhenComplete { get; init; }

    /// <summary>How long such a node calls on others after somebody looked at what they have.</summary>
    public TimeSpan LookedAtFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections being opened at one time, at most: dead addresses must not keep live ones waiting.</summary>
    public int DialsMax { get; init; } = 8;

    /// <summary>What a dial takes of the time that all dials have: a hundred a second go on, whatever number of addresses refuses
    /// us.</summary>
    public TimeSpan DialPace { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Dials that may be made at once after some quiet, at <see cref="DialPace"/> each.</summary>
    public int DialBurst { get; init; } = 64;

    /// <summary>How long dialling may take: a LAN answers in a millisecond, a lost SYN is sent again after a second.</summary>
    public TimeSpan DialPatience { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long the handshakes may take.</summary>
    public TimeSpan HandshakePatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A peer that owes blocks and has sent nothing for this long is snubbed: others are asked for the same.</summary>
    public TimeSpan SnubAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A peer that has been snubbed for this long is dropped; one that takes this long over a single block is snubbed, though
    /// some of it comes now and then.</summary>
    public TimeSpan DropAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A keep-alive is sent after this much silence of ours: half of what BEP 3 allows.</summary>
    public TimeSpan KeepAliveAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A peer that has been silent for this long is gone: BEP 3's two minutes and a quarter more.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>How often peers are told of new peers: Roj's own pace, BEP 11's minute being made for the Internet.</summary>
    public TimeSpan ExchangePace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a Roj that has just come is told: as often as it is old, between this and <see cref="ExchangePace"/>.</summary>
    public TimeSpan FirstExchangePace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>What one message about peers takes of the time that a peer has to teach us: four a second go on, the rest is passed
    /// over. A Roj sends six in its first second and then one.</summary>
    public TimeSpan TaughtPace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Messages about peers that are taken from one peer at once, at <see cref="TaughtPace"/> each.</summary>
    public int TaughtBurst { get; init; } = 8;

    /// <summary>How often a peer that is not Roj is told of new peers (BEP 11).</summary>
    public TimeSpan ForeignExchangePace { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Two complete peers stay connected for this long at most, to tell each other of others.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When a complete peer that a complete node hung up on is tried again: it may have
    /// lost its file (its hello says at once that it was restarted; this is for peers that have no hello).</summary>
    public TimeSpan CompleteRest { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A node that lacks something nobody connected can give changes one of its connections this often.</summary>
    public TimeSpan RotateAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an address that supplied wrong bytes is refused.</summary>
    public TimeSpan BanFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a peer that is asked for parts of the description may be silent before others are asked for the same; four
    /// times as long if some of a part comes now and then.</summary>
    public TimeSpan MetadataPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Parts of the description asked of one peer at one time, at most: 64 KiB.</summary>
    public int MetadataRequestsMax { get; init; } = 4;
}
