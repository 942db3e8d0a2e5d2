using System.Text;
using Roj.Files.Bencoding;

namespace Roj.Files.Metadata;

// d
//   8:announce       <URL>                              the one tracker, or the first of the list
//   13:announce-list l l <URL> ... e ... e              tiers (BEP 12); instead of announce where it has a URL
//   7:comment        <text>
//   10:created by    <program>
//   13:creation date i <seconds since 1970> e
//   4:info           <InfoDictionary>
//   any other keys, which are passed over
// e
/// <summary>What a .torrent file says (BEP 3): what the file is, and which trackers know of it.</summary>
/// <param name="Info">The file.</param>
public sealed record Metainfo(InfoDictionary Info)
{
    /// <summary>The longest .torrent file: the description, and room for what stands around it.</summary>
    public const int BytesMax = InfoDictionary.BytesMax + (1 << 20);

    /// <summary>Bytes of a text about the file; a longer one is passed over.</summary>
    public const int TextBytesMax = 4096;

    /// <summary>Why a private file, which can be read, is refused by whoever would share it.</summary>
    public const string PrivateFault =
        "info.private is 1: its peers may come from its trackers only (BEP 27), and roj asks everybody whom it finds";

    /// <summary>Announce URLs in tiers (BEP 12), each as <see cref="AnnounceUrl"/> wants it; others are passed over.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Trackers { get; init; } = [];

    /// <summary>What somebody wrote about the file; null if nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>The program that made it; null if it doesn't say.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>When it was made, in seconds since 1970; null if it doesn't say.</summary>
    public long? CreationDate { get; init; }

    /// <summary>The same as a link: whoever follows it gets the description from peers.</summary>
    public MagnetLink Magnet => new(Info.InfoHash) { Name = Info.Name, Trackers = [.. Trackers.SelectMany(tier => tier)] };

    /// <summary>Reads a file that came from somewhere else, and may be hostile.</summary>
    /// <param name="bytes">The file's bytes. They are kept, not copied: nobody may change them afterwards.</param>
    /// <param name="error">Null, or one line that names the member at fault and says what is wrong with it.</param>
    /// <returns>Null if there is an <paramref name="error"/>.</returns>
    public static Metainfo? TryRead(ReadOnlyMemory<byte> bytes, out string? error)
    {
        var reader = new MetainfoReader(bytes);
        var metainfo = reader.Read();
        error = reader.Error;
        return metainfo;
    }

    /// <summary>The bytes of the .torrent file: the same for the same members, always.</summary>
    public byte[] Write()
    {
        string[] urls = [.. Trackers.SelectMany(tier => tier)];
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        if (urls.Length > 0)
            WriteText(writer, "announce"u8, urls[0]);
        if (urls.Length > 1)
            WriteTiers(writer);
        WriteText(writer, "comment"u8, Comment);
        WriteText(writer, "created by"u8, CreatedBy);
        if (CreationDate is { } date)
        {
            writer.Key("creation date"u8);
            writer.Integer(date);
        }

        writer.Key("info"u8);
        writer.Raw(Info.Bytes.Span);
        writer.End();
        return writer.ToArray();
    }

    private static void WriteText(BencodeWriter writer, ReadOnlySpan<byte> key, string? text)
    {
        if (text is null)
            return;
        writer.Key(key);
        writer.Bytes(Encoding.UTF8.GetBytes(text));
    }

    private void WriteTiers(BencodeWriter writer)
    {
        writer.Key("announce-list"u8);
        writer.BeginList();
        foreach (var tier in Trackers)
        {
            writer.BeginList();
            foreach (var url in tier)
                writer.Bytes(Encoding.ASCII.GetBytes(url));
            writer.End();
        }

        writer.End();
    }
}
