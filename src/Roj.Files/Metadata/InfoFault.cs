using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Roj.Files.Bencoding;

namespace Roj.Files.Metadata;

/// <summary>Why <see cref="InfoDictionary.TryRead"/> refused a dictionary, in words that name the member: it is read again, slowly, by
/// whoever must tell people.</summary>
internal static class InfoFault
{
    /// <summary>One line about a dictionary that was refused; members are called <c>info.length</c> and so on.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > InfoDictionary.BytesMax)
            return $"info has {bytes.Length} bytes: at most {InfoDictionary.BytesMax} are allowed";
        var members = new Members();
        var reader = new BencodeReader(bytes);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            var kind = reader.Next;
            members.Read(key, kind, reader.Raw());
        }

        return reader.Failed ? "info is not a bencoded dictionary" : members.Fault();
    }

    /// <summary>What stands there instead of what should.</summary>
    internal static string Words(BencodeKind kind) => kind switch
    {
        BencodeKind.Integer => "a number",
        BencodeKind.Bytes => "a string",
        BencodeKind.List => "a list",
        _ => "a dictionary",
    };

    /// <summary>The members that count, and the first thing that is wrong with one of them.</summary>
    private ref struct Members
    {
        private string? fault;
        private bool isNamed;
        private bool hasFiles;
        private bool isVersion2;
        private long? length;
        private long? pieceLength;
        private int? pieceBytes;

        internal void Read(ReadOnlySpan<byte> key, BencodeKind kind, ReadOnlySpan<byte> raw)
        {
            hasFiles |= key.SequenceEqual("files"u8);
            isVersion2 |= key.SequenceEqual("meta version"u8) && raw.SequenceEqual("i2e"u8);
            if (key.SequenceEqual("length"u8))
                length = Number("info.length", kind, raw, 0, InfoDictionary.LengthMax);
            else if (key.SequenceEqual("piece length"u8))
                pieceLength = Number("info.piece length", kind, raw, 1, InfoDictionary.PieceLengthMax);
            else if (key.SequenceEqual("pieces"u8))
                pieceBytes = Text("info.pieces", kind, raw).Length;
            else if (key.SequenceEqual("name"u8))
                Name(kind, raw);
        }

        internal readonly string Fault()
        {
            const int digest = Sha1Digest.Length;
            if (isVersion2 && pieceBytes is null)
                return "info.meta version is 2 and info.pieces is missing: this is BitTorrent v2 only (BEP 52), roj shares v1";
            if (hasFiles)
                return "info.files is there: roj shares single files, not folders";
            if (fault is not null)
                return fault;
            if ((length is null ? "length" : !isNamed ? "name" : pieceLength is null ? "piece length" : null) is { } missing)
                return $"info.{missing} is missing";
            if (pieceBytes is null)
                return "info.pieces is missing";
            const int most = InfoDictionary.PieceCountMax;
            var count = InfoDictionary.CountPieces(length!.Value, (int)pieceLength!.Value);
            return count > most
                ? $"info.piece length is {pieceLength}: {length} bytes would be {count} pieces, at most {most} are allowed"
                : $"info.pieces has {pieceBytes} bytes, but {length} bytes in pieces of {pieceLength} need {count * digest}";
        }

        private void Name(BencodeKind kind, ReadOnlySpan<byte> raw)
        {
            isNamed = true;
            var utf8 = Text("info.name", kind, raw);
            if (!Utf8.IsValid(utf8))
                fault ??= "info.name is not UTF-8";
            else if (kind == BencodeKind.Bytes && Encoding.UTF8.GetString(utf8) is var name && FileName.Fault(name) is { } why)
                fault ??= $"info.name {Excerpt.Quote(name)} won't do: {why}";
        }

        private ReadOnlySpan<byte> Text(string member, BencodeKind kind, ReadOnlySpan<byte> raw)
        {
            if (kind == BencodeKind.Bytes)
                return new BencodeReader(raw).Bytes();
            fault ??= $"{member} is {Words(kind)}: it must be a string";
            return default;
        }

        private long? Number(string member, BencodeKind kind, ReadOnlySpan<byte> raw, long min, long max)
        {
            var right = $"it must be a whole number from {min} to {max}";
            if (kind != BencodeKind.Integer)
                fault ??= $"{member} is {Words(kind)}: {right}";
            else if (long.TryParse(raw[1..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) &&
                number >= min && number <= max)
                return number;
            else
                fault ??= $"{member} is {Excerpt.Shorten(Encoding.ASCII.GetString(raw[1..^1]))}: {right}";
            return 0; // there, though wrong
        }
    }
}
