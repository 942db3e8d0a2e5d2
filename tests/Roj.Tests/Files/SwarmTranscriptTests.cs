using System.Globalization;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Tests.Transcripts;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>A swarm as a story: the .txt files in Stories. Peers are called by the last number of their address, which is their id too,
/// unless told otherwise; we are 100. Files are called by the letters of their pieces, 32 KiB each.</summary>
public sealed class SwarmTranscriptTests
{
    private const string SeveralFiles = "several-files"; // as if it were a file
    private static readonly byte[] severalFiles = Hex.Latin("d5:filesle4:name1:a12:piece lengthi1e6:pieces0:e");

    private readonly SwarmOutbox outbox = new();
    private readonly SortedDictionary<string, InfoDictionary> files = [];
    private Swarm swarm = new(Swarming.Settings, new Rng(1));
    private Instant now;

    [Theory]
    [InlineData("two-pieces.txt")]
    [InlineData("no-description.txt")]
    [InlineData("metadata-faults.txt")]
    [InlineData("crossing.txt")]
    [InlineData("liar.txt")]
    [InlineData("both-complete.txt")]
    [InlineData("alias.txt")]
    [InlineData("restarted-peer.txt")]
    [InlineData("ourselves.txt")]
    [InlineData("choke.txt")]
    [InlineData("full-house.txt")]
    [InlineData("giving.txt")]
    [InlineData("another-file.txt")]
    [InlineData("lobby.txt")]
    [InlineData("several-files.txt")]
    [InlineData("rotation.txt")]
    [InlineData("sought.txt")]
    [InlineData("unusable.txt")]
    [InlineData("late-bitfield.txt")]
    [InlineData("held-haves.txt")]
    public void Plays_as_written(string name) => Transcript.Verify(Path.Combine("Stories", name), Play);

    private List<string> Play(string command)
    {
        var output = new List<string>();
        var words = command.Split(' ');
        Do(words, output);
        Show(output);
        Tick(now, output);
        return output;
    }

    private void Do(string[] words, List<string> output)
    {
        switch (words[0])
        {
            case "swarm": // swarm [<file>] [max=<connections>]
                swarm = new Swarm(Swarming.Settings with { ConnectionsMax = Number(Option(words, "max") ?? "16") }, new Rng(1));
                if (words.Length > 1 && !words[1].Contains('='))
                    swarm.Describe(now, File(words[1]), outbox);
                break;
            case "seek": // seek <file>
                swarm.Seek(File(words[1]).InfoHash);
                break;
            case "learn": // learn <peer> [serves=<file>]
                swarm.Learn(now, Swarming.Place(Number(words[1])), isStatic: false, restarted: false);
                if (Option(words, "serves") is { } file)
                    Serves(words[1], file);
                break;
            case "restarted": // restarted <peer>
                swarm.Learn(now, Swarming.Place(Number(words[1])), isStatic: false, restarted: true);
                break;
            case "serves": // serves <peer> <file>
                Serves(words[1], words[2]);
                break;
            case "accept": // accept <peer>: it calls, from some port
                output.Add(swarm.Accept(now, Swarming.Place(Number(words[1]), 40000), outbox)?.ToString() ?? "refused");
                break;
            case "connected": // connected <connection>
                swarm.Connected(now, Connection(words[1]), outbox);
                break;
            case "closed": // closed <connection>: by the other end, or the network
                swarm.Closed(now, Connection(words[1]), outbox);
                break;
            case "shake": // shake <connection> <peer> <file> [plain]
                var plain = words.Contains("plain");
                swarm.Shaken(
                    now,
                    Connection(words[1]),
                    new Handshake(NameOf(words[3]), Swarming.Id(Number(words[2])), !plain, !plain),
                    outbox);
                break;
            case "drained": // drained <connection> <bytes>
                swarm.Drained(now, Connection(words[1]), Number(words[2]), outbox);
                break;
            case "right" or "wrong": // right <piece>…
                foreach (var piece in words.Skip(1))
                    swarm.Verified(now, Number(piece), words[0] == "right", outbox);
                break;
            case "run": // run <seconds since the beginning>
                var end = Swarming.At(double.Parse(words[1], CultureInfo.InvariantCulture));
                Tick(end, output);
                now = end;
                break;
            default: // <connection> <message>: the number without its #
                swarm.Receive(now, Connection(words[0]), Message(words), outbox);
                break;
        }
    }

    private void Serves(string peer, string file) =>
        swarm.Serves(Swarming.Place(Number(peer)), [new ServedFile(NameOf(file), file == SeveralFiles ? "a" : File(file).Name)]);

    /// <summary>As the host does: at every deadline until <paramref name="end"/>, those that are due now included.</summary>
    private void Tick(Instant end, List<string> output)
    {
        while (swarm.Deadline(now) is { } due && due <= end)
        {
            now = due > now ? due : now;
            swarm.Tick(now, outbox);
            Show(output);
        }
    }

    private void Show(List<string> output) => output.AddRange(outbox.TakeLines().Select(line => $"{now} {line}"));

    private PeerMessage Message(string[] words) => words[1] switch
    {
        "choke" => new PeerMessage.Choke(),
        "unchoke" => new PeerMessage.Unchoke(),
        "interested" => new PeerMessage.Interested(),
        "not-interested" => new PeerMessage.NotInterested(),
        "keep-alive" => new PeerMessage.KeepAlive(),
        "have-all" => new PeerMessage.HaveAll(),
        "have-none" => new PeerMessage.HaveNone(),
        "have" => new PeerMessage.Have(Number(words[2])),
        "bitfield" => new PeerMessage.Bitfield(Hex.Bytes(words[2])),
        "request" => new PeerMessage.Request(Block(words[2])),
        "piece" => new PeerMessage.Piece(Block(words[2])),
        "cancel" => new PeerMessage.Cancel(Block(words[2])),
        "reject" => new PeerMessage.Reject(Block(words[2])),
        "hello" => new PeerMessage.Extended(0, Hello(words).Write()), // hello [of=<file>] [port=<port>]
        "exchange" => new PeerMessage.Extended(
            2, new PeerExchangeMessage([.. words.Skip(2).Select(word => Swarming.Place(Number(word)))], []).Write()),
        "metadata-request" => new PeerMessage.Extended(1, new MetadataMessage.Request(Number(words[2])).Write()),
        "metadata-reject" => new PeerMessage.Extended(1, new MetadataMessage.Reject(Number(words[2])).Write()),
        SeveralFiles => new PeerMessage.Extended(1, new MetadataMessage.Data(0, severalFiles.Length, severalFiles).Write()),
        "metadata" => new PeerMessage.Extended(1, Metadata(File(words[2]), words.Contains("wrong")).Write()), // metadata <file> [wrong]
        _ => throw new ArgumentException($"unknown command: {string.Join(' ', words)}"),
    };

    private ExtendedHandshake Hello(string[] words) => new()
    {
        MetadataId = 1,
        PeerExchangeId = 2,
        MetadataSize = Option(words, "of") is { } name ? name == SeveralFiles ? severalFiles.Length : File(name).Bytes.Length : null,
        ListenPort = Option(words, "port") is { } port ? ushort.Parse(port, CultureInfo.InvariantCulture) : null,
    };

    private static MetadataMessage.Data Metadata(InfoDictionary info, bool wrong)
    {
        var bytes = info.Bytes.ToArray();
        bytes[0] ^= wrong ? (byte)1 : (byte)0;
        return new MetadataMessage.Data(0, bytes.Length, bytes);
    }

    /// <summary>Such as <c>ab</c>, or <c>ab.other</c> for the same file under another name; <c>ab!</c> is a private one.</summary>
    private InfoDictionary File(string name)
    {
        if (!files.TryGetValue(name, out var file))
            files[name] = file = name.Split('.') is [var letters, var other] ? Swarming.File(letters, name: other)
                : name.EndsWith('!') ? Swarming.Private(Swarming.File(name[..^1]))
                : Swarming.File(name);
        return file;
    }

    private Sha1Digest NameOf(string file) => file == SeveralFiles ? Sha1Digest.Of(severalFiles) : File(file).InfoHash;

    /// <summary>Such as <c>1/0</c>: of piece 1, the first half.</summary>
    private static Block Block(string text) => text.Split('/') is [var piece, var half]
        ? Fetching.Half(Number(piece), Number(half))
        : throw new ArgumentException($"no block: {text}");

    private static ConnectionId Connection(string text) => new(Number(text.TrimStart('#')));

    private static string? Option(string[] words, string name) =>
        words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
