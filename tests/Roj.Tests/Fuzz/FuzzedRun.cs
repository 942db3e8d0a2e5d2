using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Tests.Files;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>One life of a core on a lawful host among hostile peers: bytes decide what happens next.</summary>
internal sealed class FuzzedRun(FuzzedCore core, Hostility hostility, SwarmSettings settings)
{
    private static readonly int[] pauses = [1, 50, 500, 2000, 5000, 20_000, 700_000];

    private readonly HostModel host = new(settings);
    private Instant now = Start;

    internal static Instant Start => Swarming.At(1);

    /// <summary>Small enough that every limit is met.</summary>
    internal static SwarmSettings Settings { get; } = Swarming.Settings with
    {
        ConnectionsMax = 5,
        CandidatesMax = 12,
        BlockBytes = 64,
        RequestsMax = 6,
        LargeBlockBytes = 200,
        PipelineBytesMin = 320,
        PipelineBytesMax = 700,
        RequestsOfPeerMax = 5,
        UnsentBytesMax = 128,
    };

    internal static InfoDictionary[] Files { get; } =
    [
        Swarming.File("abcaba", pieceBytes: 128, missingBytes: 5),
        Swarming.File("abcdefghi", pieceBytes: 128),
        Swarming.File("a", pieceBytes: 100),
        Swarming.File(""),
        Swarming.File(new string('a', 900), pieceBytes: 128), // its description has two parts
        Swarming.Private(Swarming.File("ab", pieceBytes: 128)), // of no use when it comes from others
    ];

    /// <summary>Random decisions to begin with, long enough that a file can be fetched; the first two bytes say which, and whether it is
    /// described from the start.</summary>
    internal static List<byte[]> Corpus()
    {
        var rng = new Rng(1);
        var corpus = new List<byte[]>();
        for (var i = 0; i < 20; i++)
        {
            var decisions = new byte[1000];
            rng.Fill(decisions);
            (decisions[0], decisions[1]) = ((byte)i, (byte)(i / Files.Length % 2)); // each file without description, then with it
            corpus.Add(decisions);
        }

        return corpus;
    }

    /// <summary>Runs until the decisions are used up; what the core asked for is added to <paramref name="seen"/>, by kind.</summary>
    internal void ToEnd(SortedSet<string> seen)
    {
        Settle(seen);
        while (!hostility.IsOver)
        {
            Step(seen);
            Settle(seen);
        }
    }

    private void Step(SortedSet<string> seen)
    {
        switch (hostility.Next(16))
        {
            case 0 when core.Accept(now, hostility.Place()) is { } accepted:
                CarryOut(seen); // the place that was made for it comes first
                host.Accepted(accepted);
                break;
            case 1 or 2:
                core.Hint(now, hostility);
                break;
            case 3 when host.Dialling.Count > 0:
                var connected = Pick(host.Dialling);
                host.Of(connected).IsThere = true;
                core.Connected(now, connected);
                break;
            case 4 when host.HasVerdicts:
                var (piece, right) = host.Judge(hostility.Next(256), hostility.Next(3) > 0);
                core.Verified(now, piece, right);
                break;
            case 5 when hostility.Next(4) == 0 && host.Connections.Count > 0:
                var closed = Pick(host.Connections);
                host.Gone(closed);
                core.Closed(now, closed);
                break;
            case 6:
                now += TimeSpan.FromMilliseconds(pauses[hostility.Next(pauses.Length)]);
                break;
            case 7 when host.Connections.Count > 0:
                Drain(Pick(host.Connections));
                break;
            case 8 when hostility.Next(16) == 0:
                core.Changed(now);
                break;
            default:
                Speak();
                break;
        }
    }

    private void Speak()
    {
        var there = host.Connections.Where(id => host.Of(id).IsThere).ToList();
        if (there.Count == 0)
            return;
        var id = Pick(there);
        var line = host.Of(id);
        if (!line.IsAnswered)
        {
            line.IsAnswered = true; // as the reader has it: the handshake first, and once
            core.Shaken(now, id, hostility.Handshake());
            return;
        }

        var message = hostility.Message(line);
        host.Beside = message is PeerMessage.Piece(var block) ? block : null;
        core.Receive(now, id, message);
    }

    private void Drain(ConnectionId id)
    {
        var line = host.Of(id);
        var bytes = Math.Min(line.UnsentBytes, 1 + hostility.Next(256));
        line.UnsentBytes -= bytes;
        if (bytes > 0)
            core.Drained(now, id, bytes);
    }

    /// <summary>As the host does after each batch. What is due leads somewhere: it is not due again and again.</summary>
    private void Settle(SortedSet<string> seen)
    {
        CarryOut(seen);
        if (!(core.Deadline(now) <= now))
            return;
        core.Tick(now);
        CarryOut(seen);
        Assert.False(core.Deadline(now) <= now, "it is due again at once");
    }

    private void CarryOut(SortedSet<string> seen)
    {
        for (var i = 0; i < core.Outbox.Count; i++)
        {
            var output = core.Outbox[i];
            seen.Add(output.Effect is SwarmEffect.Close(_, var reason) ? $"Close {reason}" : $"{KindOf(output).Name}");
        }

        host.CarryOut(core.Outbox);
        core.Clear();
    }

    private static Type KindOf(SwarmOutput output) => ((object?)output.Message ?? (object?)output.Event ?? output.Effect!).GetType();

    private ConnectionId Pick(IReadOnlyList<ConnectionId> from) => from[hostility.Next(from.Count)];
}
