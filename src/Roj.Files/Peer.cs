using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>One connection and what is known of the peer at its other end.</summary>
internal sealed class Peer(SwarmSettings settings, ConnectionId id, Endpoint remote, bool outgoing, Sha1Digest shakenWith)
{
    public ConnectionId Id { get; } = id;

    public Endpoint Remote { get; } = remote;

    /// <summary>Whether we dialled.</summary>
    public bool Outgoing { get; } = outgoing;

    /// <summary>The info hash that our handshake names: another name of the same file has another (see <see cref="Candidates"/>).</summary>
    public Sha1Digest ShakenWith { get; set; } = shakenWith;

    /// <summary>Where it can be dialled; null until an incoming peer says so.</summary>
    public Endpoint? Listening { get; set; } = outgoing ? remote : null;

    /// <summary>Whether both handshakes are through.</summary>
    public bool IsOpen { get; set; }

    /// <summary>When it was dialled, or called us.</summary>
    public Instant Begun { get; set; }

    /// <summary>When dialling or the handshake has taken too long.</summary>
    public Instant GiveUpAt { get; set; }

    /// <summary>Its name, valid once open.</summary>
    public PeerId PeerId { get; set; }

    /// <summary>Whether both sides speak BEP 6.</summary>
    public bool Fast { get; set; }

    /// <summary>Whether it speaks BEP 10.</summary>
    public bool SpeaksExtensions { get; set; }

    /// <summary>Its extension handshake (BEP 10), once it came.</summary>
    public ExtendedHandshake? Extensions { get; set; }

    /// <summary>When the handshakes were through.</summary>
    public Instant Opened { get; set; }

    /// <summary>Whether it called while all places were taken: it is told of others and goes. It is never open.</summary>
    public bool InLobby { get; set; }

    /// <summary>Whether its handshake was answered in the lobby.</summary>
    public bool IsWelcome { get; set; }

    /// <summary>When a block, or a part of the description, last went either way; at first when it opened.</summary>
    public Instant MovedAt { get; set; }

    /// <summary>When anything last came from it.</summary>
    public Instant LastHeard { get; set; }

    /// <summary>When it was last sent a keep-alive, or opened.</summary>
    public Instant KeptAliveAt { get; set; }

    /// <summary>What it has; null while the file is not described.</summary>
    public PieceSet? Pieces { get; set; }

    /// <summary>What it said it has before the file was described.</summary>
    public EarlyHaves Early { get; } = new();

    /// <summary>How many of its pieces we lack.</summary>
    public int Useful { get; set; }

    /// <summary>Whether we told it that we want something.</summary>
    public bool AmInterested { get; set; }

    /// <summary>Whether it said what it has as a whole, which it may do once (BEP 3, BEP 6).</summary>
    public bool HasStated { get; set; }

    /// <summary>Whether it wants something of ours.</summary>
    public bool IsInterested { get; set; }

    /// <summary>Whether it refuses our requests.</summary>
    public bool ChokesUs { get; set; } = true;

    /// <summary>What we asked for and have not received, oldest first.</summary>
    public List<Block> Requests { get; } = [];

    /// <summary>How much to ask for at one time.</summary>
    public Pipeline Pipeline { get; } = new(
        settings.PipelineBytesMin, settings.PipelineBytesMax, settings.PipelineSpan, settings.BlockBytes);

    /// <summary>The sum of <see cref="Requests"/>, in bytes.</summary>
    public int RequestedBytes { get; set; }

    /// <summary>Requests we took back: their blocks may come all the same.</summary>
    public List<Block> TakenBack { get; } = [];

    /// <summary>Since when it owes us something; meaningless while it owes nothing.</summary>
    public Instant OwesSince { get; set; }

    /// <summary>When part of a message last came from it.</summary>
    public Instant HeardAt { get; set; }

    /// <summary>Whether it owed too long: it gets one request at a time until it sends something.</summary>
    public bool Snubbed { get; set; }

    /// <summary>What it was let know of, while that is not all that we have; null once it is.</summary>
    public Promises? Promises { get; set; }

    /// <summary>What it will be told later that we have.</summary>
    public HeldHaves Held { get; } = new(settings);

    /// <summary>What it asked for and was not sent yet, in order.</summary>
    public LinkedList<Block> Asked { get; } = new();

    /// <summary>Bytes of payload given to the host that its kernel has not taken.</summary>
    public long UnsentBytes { get; set; }

    /// <summary>The endpoints it was told of (BEP 11).</summary>
    public SortedSet<Endpoint> Told { get; } = [];

    /// <summary>How much of <see cref="Candidates.ProvenVersion"/> it was told.</summary>
    public int ToldVersion { get; set; }

    /// <summary>When it may be told of more.</summary>
    public Instant TellFrom { get; set; }

    /// <summary>Up to when it has used up what it may teach us of other peers.</summary>
    public Instant TaughtUntil { get; set; }

    /// <summary>Whether we dialled it and it has not answered our handshake.</summary>
    public bool IsDial => Outgoing && !IsOpen;

    /// <summary>Whether it has every piece, or says that it wants none (BEP 21) and keeps to that.</summary>
    public bool IsComplete => Pieces is { IsFull: true } || (Extensions is { UploadOnly: true } && !IsInterested);

    /// <summary>Whether it has every piece: it has named them all, or is a Roj, which says that it wants none when it has all, and may have
    /// named few (<see cref="Seeding"/>).</summary>
    public bool IsWhole => Pieces is { IsFull: true } || (PeerId.IsRoj && Extensions is { UploadOnly: true });

    /// <summary>Whether it has something that we lack, and gives it.</summary>
    public bool IsFeeding => this is { IsOpen: true, Useful: > 0, ChokesUs: false, Snubbed: false };

    /// <summary>Whether neither side wants anything of the other.</summary>
    public bool IsUseless => IsOpen && Useful == 0 && !IsInterested;

    /// <summary>The handshakes are through.</summary>
    public void Open(Instant now, Handshake handshake)
    {
        IsOpen = true;
        PeerId = handshake.PeerId;
        Fast = handshake.Fast;
        SpeaksExtensions = handshake.Extended;
        Opened = LastHeard = KeptAliveAt = MovedAt = TellFrom = now;
    }
}
