using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roj.Files.Bencoding;
using Roj.Files.Metadata;

namespace Roj.Files.Wire;

// Payload of extended message 0:
// d
//   1:m             d 11:ut_metadata i <0 .. 255> e   6:ut_pex i <0 .. 255> e   others e    BEP 9, BEP 11
//   13:metadata_size i <bytes of the info dictionary> e                                     BEP 9
//   1:p             i <port> e                                                              BEP 10
//   4:reqq          i <requests> e                                                          BEP 10
//   9:roj_block     i <bytes of the longest request that is served> e                       Roj's own
//   11:upload_only  i 1 e                                                                   BEP 21
//   1:v             <bytes> : <program>                                                     BEP 10
//   others
// e
/// <summary>What a peer can do beyond BEP 3, and the numbers that it gives its extensions (BEP 10). Everything may be left out.</summary>
public sealed record ExtendedHandshake
{
    /// <summary>Characters of <see cref="Client"/> that are kept.</summary>
    public const int ClientLengthMax = 64;

    /// <summary>The speaker's number for <see cref="MetadataMessage"/>s (BEP 9); 0 turns them off, null says nothing.</summary>
    public byte? MetadataId { get; init; }

    /// <summary>The speaker's number for <see cref="PeerExchangeMessage"/>s (BEP 11); 0 turns them off, null says nothing.</summary>
    public byte? PeerExchangeId { get; init; }

    /// <summary>Bytes of the info dictionary (BEP 9), 1 to <see cref="InfoDictionary.BytesMax"/>; null if the speaker lacks it.</summary>
    public int? MetadataSize { get; init; }

    /// <summary>Where the speaker listens: who connected comes from another port.</summary>
    public ushort? ListenPort { get; init; }

    /// <summary>The speaker's program and version, for people: at most <see cref="ClientLengthMax"/> characters without controls.</summary>
    public string? Client { get; init; }

    /// <summary>How many requests the speaker keeps before it drops some, at least 1.</summary>
    public int? RequestQueue { get; init; }

    /// <summary>Bytes of the longest request that the speaker serves: Roj's own word (BEP 10 leaves room for such). Null from other
    /// programs, which serve 16 KiB.</summary>
    public int? BlockBytesMax { get; init; }

    /// <summary>Whether the speaker wants nothing, for it has all that it wants (BEP 21); null says nothing.</summary>
    public bool? UploadOnly { get; init; }

    /// <summary>Reads the payload of an extension handshake.</summary>
    /// <remarks>What others write for "none", a 0, is read as none. A member of the wrong kind or out of range is refused with all the
    /// rest.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out ExtendedHandshake? handshake)
    {
        handshake = new ExtendedHandshake();
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("m"u8))
                handshake = ReadIds(ref reader, handshake);
            else if (key.SequenceEqual("metadata_size"u8))
                handshake = handshake with { MetadataSize = NoneIfZero((int)reader.Integer(0, InfoDictionary.BytesMax)) };
            else if (key.SequenceEqual("p"u8))
                handshake = handshake with { ListenPort = (ushort?)NoneIfZero((int)reader.Integer(0, ushort.MaxValue)) };
            else if (key.SequenceEqual("reqq"u8))
                handshake = handshake with { RequestQueue = NoneIfZero((int)reader.Integer(0, int.MaxValue)) };
            else if (key.SequenceEqual("roj_block"u8))
                handshake = handshake with { BlockBytesMax = NoneIfZero((int)reader.Integer(0, int.MaxValue)) };
            else if (key.SequenceEqual("upload_only"u8))
                handshake = handshake with { UploadOnly = reader.Integer() != 0 };
            else if (key.SequenceEqual("v"u8))
                handshake = handshake with { Client = Clean(reader.Bytes()) };
            else
                reader.Skip();
        }

        if (!reader.Failed && reader.Rest.IsEmpty)
            return true;
        handshake = null;
        return false;
    }

    /// <summary>What is known of a peer that said this and then <paramref name="later"/>: a later handshake adds to the earlier and changes
    /// what it names (BEP 10); a number of 0 takes an extension back.</summary>
    public ExtendedHandshake Then(ExtendedHandshake later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return new ExtendedHandshake
        {
            MetadataId = later.MetadataId ?? MetadataId,
            PeerExchangeId = later.PeerExchangeId ?? PeerExchangeId,
            MetadataSize = later.MetadataSize ?? MetadataSize,
            ListenPort = later.ListenPort ?? ListenPort,
            Client = later.Client ?? Client,
            RequestQueue = later.RequestQueue ?? RequestQueue,
            BlockBytesMax = later.BlockBytesMax ?? BlockBytesMax,
            UploadOnly = later.UploadOnly ?? UploadOnly,
        };
    }

    /// <summary>Writes the payload of an extension handshake.</summary>
    public byte[] Write()
    {
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key("m"u8);
        writer.BeginDictionary();
        WriteNumber(writer, "ut_metadata"u8, MetadataId);
        WriteNumber(writer, "ut_pex"u8, PeerExchangeId);
        writer.End();
        WriteNumber(writer, "metadata_size"u8, MetadataSize);
        WriteNumber(writer, "p"u8, ListenPort);
        WriteNumber(writer, "reqq"u8, RequestQueue);
        WriteNumber(writer, "roj_block"u8, BlockBytesMax);
        WriteNumber(writer, "upload_only"u8, UploadOnly is { } only ? only ? 1 : 0 : null);
        if (Client is not null)
        {
            writer.Key("v"u8);
            writer.Bytes(Encoding.UTF8.GetBytes(Client));
        }

        writer.End();
        return writer.ToArray();
    }

    private static ExtendedHandshake ReadIds(ref BencodeReader reader, ExtendedHandshake handshake)
    {
        reader.EnterDictionary();
        while (reader.NextKey(out var name))
        {
            if (name.SequenceEqual("ut_metadata"u8))
                handshake = handshake with { MetadataId = (byte)reader.Integer(0, byte.MaxValue) };
            else if (name.SequenceEqual("ut_pex"u8))
                handshake = handshake with { PeerExchangeId = (byte)reader.Integer(0, byte.MaxValue) };
            else
                reader.Skip();
        }

        return handshake;
    }

    private static int? NoneIfZero(int number) => number == 0 ? null : number;

    private static void WriteNumber(BencodeWriter writer, ReadOnlySpan<byte> key, int? number)
    {
        if (number is not { } value)
            return;
        writer.Key(key);
        writer.Integer(value);
    }

    // It ends on terminals and in logs. Cut before it is decoded: three bytes a character are enough.
    private static string? Clean(ReadOnlySpan<byte> client)
    {
        var text = Encoding.UTF8.GetString(client[..Math.Min(client.Length, 3 * ClientLengthMax)]);
        var shown = text[..Math.Min(text.Length, ClientLengthMax)];
        return shown.Length == 0 ? null : string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
    }
}
