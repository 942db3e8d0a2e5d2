using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roj.Files.Bencoding;

namespace Roj.Files.Metadata;

// d
//   6:length        i <0 .. 2^53> e
//   4:name          <1 .. 255> : <UTF-8>
//   12:piece length i <1 .. 2^30> e
//   6:pieces        <20 * ceil(length / piece length)> : <SHA-1 of each piece, in order>
//   7:private       i1e                              peers from trackers only (BEP 27); anything else is as if it were not there
//   any other keys, which count for the info hash and mean nothing here
// e
/// <summary>What a file is, without its bytes: the info dictionary of BEP 3, for a single file. Never changes.</summary>
public sealed class InfoDictionary
{
    /// <summary>The longest file: the last whole number that every JSON reader gets right.</summary>
    public const long LengthMax = 1L << 53;

    /// <summary>The longest piece.</summary>
    public const int PieceLengthMax = 1 << 30;

    /// <summary>The most pieces: 40 MiB of digests.</summary>
    public const int PieceCountMax = 1 << 21;

    /// <summary>The longest dictionary, bencoded: the digests, and room for others' keys.</summary>
    public const int BytesMax = 64 << 20;

    private readonly int piecesAt;

    private InfoDictionary(string name, long length, int pieceLength, ReadOnlyMemory<byte> bytes, int piecesAt, bool isPrivate = false)
    {
        Name = name;
        Length = length;
        PieceLength = pieceLength;
        PieceCount = (int)CountPieces(length, pieceLength);
        InfoHash = Sha1Digest.Of(bytes.Span);
        Bytes = bytes;
        IsPrivate = isPrivate;
        this.piecesAt = piecesAt;
    }

    /// <summary>What the file is called: never a path (see <see cref="FileName"/>).</summary>
    public string Name { get; }

    /// <summary>Bytes of the file, 0 to <see cref="LengthMax"/>.</summary>
    public long Length { get; }

    /// <summary>Bytes of each piece but the last, which may be shorter; 1 to <see cref="PieceLengthMax"/>.</summary>
    public int PieceLength { get; }

    /// <summary>How many pieces the file has, 0 to <see cref="PieceCountMax"/>.</summary>
    public int PieceCount { get; }

    /// <summary>What BEP 3 calls the file by: the SHA-1 of <see cref="Bytes"/>.</summary>
    public Sha1Digest InfoHash { get; }

    /// <summary>Whether its peers may come from its trackers only (BEP 27).</summary>
    public bool IsPrivate { get; }

    /// <summary>The bencoded dictionary, exactly as it came.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Describes a file.</summary>
    /// <param name="name">What it is called: see <see cref="FileName.Fault"/>.</param>
    /// <param name="length">Its bytes, 0 to <see cref="LengthMax"/>.</param>
    /// <param name="pieceLength">Bytes of a piece, 1 to <see cref="PieceLengthMax"/>.</param>
    /// <param name="pieces">The SHA-1s of its pieces, 20 bytes each, in order.</param>
    /// <exception cref="ArgumentException">They describe no file.</exception>
    public static InfoDictionary Create(string name, long length, int pieceLength, ReadOnlySpan<byte> pieces)
    {
        if (FileName.Fault(name) is { } fault)
            throw new ArgumentException(fault, nameof(name));
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LengthMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieceLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pieceLength, PieceLengthMax);
        if (!HasRightSize(pieces, length, pieceLength))
            throw new ArgumentException($"{pieces.Length} bytes for {CountPieces(length, pieceLength)} digests", nameof(pieces));

        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key("length"u8);
        writer.Integer(length);
        writer.Key("name"u8);
        writer.Bytes(Encoding.UTF8.GetBytes(name));
        writer.Key("piece length"u8);
        writer.Integer(pieceLength);
        writer.Key("pieces"u8);
        writer.Bytes(pieces);
        writer.End();
        // The last bytes are the digests and the dictionary's end.
        return new InfoDictionary(name, length, pieceLength, writer.ToArray(), writer.Written.Length - 1 - pieces.Length);
    }

    /// <summary>Reads a dictionary that came from somewhere else, and may be hostile.</summary>
    /// <remarks>Refused: several files (<c>files</c>), a name that <see cref="FileName"/> forbids, sizes beyond the limits, another
    /// number of digests than the file has pieces.</remarks>
    /// <param name="bytes">The bencoded dictionary and nothing else. It is kept, not copied: nobody may change it afterwards.</param>
    /// <param name="info">What it says.</param>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out InfoDictionary? info)
    {
        info = null;
        if (bytes.Length > BytesMax)
            return false;
        var (name, length, pieceLength, piecesAt) = (default(string), -1L, 0, -1);
        var isPrivate = false;
        ReadOnlySpan<byte> pieces = default;
        var reader = new BencodeReader(bytes.Span);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("length"u8))
                length = reader.Integer(0, LengthMax);
            else if (key.SequenceEqual("name"u8))
                name = FileName.TryRead(reader.Bytes());
            else if (key.SequenceEqual("piece length"u8))
                pieceLength = (int)reader.Integer(1, PieceLengthMax);
            else if (key.SequenceEqual("pieces"u8))
            {
                pieces = reader.Bytes();
                piecesAt = bytes.Length - reader.Rest.Length - pieces.Length;
            }
            else if (key.SequenceEqual("private"u8))
                isPrivate = reader.Raw().SequenceEqual("i1e"u8);
            else if (key.SequenceEqual("files"u8))
                return false;
            else
                reader.Skip();
        }

        if (reader.Failed || !reader.Rest.IsEmpty || name is null || length < 0 || pieceLength == 0 || piecesAt < 0)
            return false;
        if (!HasRightSize(pieces, length, pieceLength))
            return false;
        info = new InfoDictionary(name, length, pieceLength, bytes, piecesAt, isPrivate);
        return true;
    }

    /// <summary>The pieces of a file of <paramref name="length"/> bytes: the last may be short, an empty file has none.</summary>
    /// <param name="length">Bytes of the file, 0 to <see cref="LengthMax"/>.</param>
    /// <param name="pieceLength">Bytes of a piece, at least 1.</param>
    public static long CountPieces(long length, int pieceLength) => (length + pieceLength - 1) / pieceLength;

    /// <summary>Bytes of <paramref name="piece"/>: <see cref="PieceLength"/>, or what is left for the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has no such piece.</exception>
    public int PieceSize(int piece) => (int)Math.Min(PieceLength, Length - Offset(piece));

    /// <summary>Where in the file <paramref name="piece"/> begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has no such piece.</exception>
    public long Offset(int piece)
    {
        ThrowIfNone(piece);
        return (long)piece * PieceLength;
    }

    /// <summary>The SHA-1 of <paramref name="piece"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has no such piece.</exception>
    public Sha1Digest Hash(int piece)
    {
        ThrowIfNone(piece);
        return Sha1Digest.Read(Bytes.Span[(piecesAt + (piece * Sha1Digest.Length))..]);
    }

    /// <summary>The same file under another name, which is another info hash. Keys that mean nothing here are left out.</summary>
    /// <exception cref="ArgumentException">A file may not be called so.</exception>
    public InfoDictionary Renamed(string name) =>
        Create(name, Length, PieceLength, Bytes.Span.Slice(piecesAt, PieceCount * Sha1Digest.Length));

    private static bool HasRightSize(ReadOnlySpan<byte> pieces, long length, int pieceLength) =>
        CountPieces(length, pieceLength) is <= PieceCountMax and var count && pieces.Length == count * Sha1Digest.Length;

    private void ThrowIfNone(int piece)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(piece, PieceCount);
    }
}
