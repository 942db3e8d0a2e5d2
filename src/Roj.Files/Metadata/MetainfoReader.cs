using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Roj.Files.Bencoding;

namespace Roj.Files.Metadata;

/// <summary>Reads a .torrent file once, front to back, and stops at the first error.</summary>
/// <remarks>Each private method that returns a bool returns false exactly when <see cref="Error"/> has been set.</remarks>
internal ref struct MetainfoReader(ReadOnlyMemory<byte> bytes)
{
    private BencodeReader reader;
    private InfoDictionary? info;
    private string? announce;
    private List<IReadOnlyList<string>> tiers = [];
    private string? comment;
    private string? createdBy;
    private long? creationDate;

    /// <summary>One line that says what is wrong; null while nothing is.</summary>
    internal string? Error { get; private set; }

    internal Metainfo? Read()
    {
        if (!ReadRoot())
            return null;
        // BEP 12: where there is a list, announce does not count.
        return new Metainfo(info!)
        {
            Trackers = tiers.Count > 0 || announce is null ? tiers : [[announce]],
            Comment = comment,
            CreatedBy = createdBy,
            CreationDate = creationDate,
        };
    }

    private bool ReadRoot()
    {
        if (bytes.Length > Metainfo.BytesMax)
            return Fail($"it has {bytes.Length} bytes: at most {Metainfo.BytesMax} are allowed");
        reader = new BencodeReader(bytes.Span);
        if (reader.Next != BencodeKind.Dictionary)
            return Fail("not a .torrent file: it does not begin with a bencoded dictionary");
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            var right = key.SequenceEqual("info"u8) ? ReadInfo()
                : key.SequenceEqual("announce"u8) ? ReadAnnounce()
                : key.SequenceEqual("announce-list"u8) ? ReadTiers()
                : ReadOther(key);
            if (!right)
                return false;
        }

        if (reader.Failed)
            return Fail("not a .torrent file: its bencoding is cut off or broken");
        if (!reader.Rest.IsEmpty)
            return Fail($"{reader.Rest.Length} bytes stand behind the end of the dictionary");
        return info is not null || Fail("info is missing: it must be a dictionary that describes the file");
    }

    private bool ReadInfo()
    {
        if (!Expect("info", BencodeKind.Dictionary))
            return false;
        var from = bytes.Length - reader.Rest.Length;
        var raw = bytes.Slice(from, reader.Raw().Length);
        return InfoDictionary.TryRead(raw, out info) || Fail(InfoFault.Of(raw.Span));
    }

    private bool ReadAnnounce()
    {
        if (!Expect("announce", BencodeKind.Bytes))
            return false;
        announce = Url(reader.Bytes());
        return true;
    }

    private bool ReadTiers()
    {
        if (!Expect("announce-list", BencodeKind.List))
            return false;
        var (count, found) = (0, new List<IReadOnlyList<string>>());
        reader.EnterList();
        for (var i = 0; reader.NextItem(); i++)
        {
            if (!Expect($"announce-list[{i}]", BencodeKind.List))
                return false;
            var tier = new List<string>();
            reader.EnterList();
            while (reader.NextItem())
            {
                if (!Expect($"announce-list[{i}][…]", BencodeKind.Bytes))
                    return false;
                if (Url(reader.Bytes()) is not { } url || count == AnnounceUrl.CountMax)
                    continue;
                tier.Add(url);
                count++;
            }

            if (tier.Count > 0)
                found.Add(tier);
        }

        tiers = found;
        return true;
    }

    // What only tells people something is no reason to refuse a file, however it looks.
    private bool ReadOther(ReadOnlySpan<byte> key)
    {
        var kind = reader.Next;
        var raw = reader.Raw();
        if (key.SequenceEqual("comment"u8))
            comment = Text(kind, raw);
        else if (key.SequenceEqual("created by"u8))
            createdBy = Text(kind, raw);
        else if (key.SequenceEqual("creation date"u8) && kind == BencodeKind.Integer &&
            long.TryParse(raw[1..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var date))
            creationDate = date;
        return true;
    }

    private static string? Text(BencodeKind kind, ReadOnlySpan<byte> raw)
    {
        var text = kind == BencodeKind.Bytes ? new BencodeReader(raw).Bytes() : default;
        return !text.IsEmpty && text.Length <= Metainfo.TextBytesMax && Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
    }

    private static string? Url(ReadOnlySpan<byte> text)
    {
        if (text.Length > AnnounceUrl.LengthMax)
            return null;
        var url = Encoding.Latin1.GetString(text);
        return AnnounceUrl.IsUsable(url) ? url : null;
    }

    private bool Expect(string member, BencodeKind kind) =>
        reader.Next == kind || Fail($"{member} is {InfoFault.Words(reader.Next)}: it must be {InfoFault.Words(kind)}");

    private bool Fail(string what)
    {
        Error = what;
        return false;
    }
}
