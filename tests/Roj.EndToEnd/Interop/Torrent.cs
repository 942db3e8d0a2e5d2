using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Roj.EndToEnd.Interop;

/// <summary>A file to share, as other programs are told of it (BEP 3, BEP 9).</summary>
/// <remarks>Written by hand, so that what they are told does not depend on Roj's own code.</remarks>
internal sealed class Torrent
{
    /// <summary>What the file is called everywhere: its name is part of the info hash.</summary>
    public const string Name = "data.bin";

    private readonly byte[] info;

    /// <summary>Describes <paramref name="file"/>.</summary>
    public Torrent(SharedFile file)
    {
        File = file;
        var pieces = Convert.FromHexString(string.Concat(file.PartHashes));
        var head = $"d6:lengthi{file.Bytes.Length}e4:name{Name.Length}:{Name}";
        info = [.. Encoding.UTF8.GetBytes($"{head}12:piece lengthi{file.PartBytes}e6:pieces{pieces.Length}:"), .. pieces, (byte)'e'];
        InfoHash = Convert.ToHexStringLower(SHA1.HashData(info));
    }

    /// <summary>What it contains.</summary>
    public SharedFile File { get; }

    /// <summary>The SHA-1 of the info dictionary, 40 hexadecimal digits.</summary>
    public string InfoHash { get; }

    /// <summary>The contents of a .torrent file.</summary>
    public byte[] Metainfo(string? announce)
    {
        var head = announce is null ? "d" : string.Create(CultureInfo.InvariantCulture, $"d8:announce{announce.Length}:{announce}");
        return [.. Encoding.UTF8.GetBytes(head + "4:info"), .. info, (byte)'e'];
    }

    /// <summary>The magnet link: a name for the description, not the description.</summary>
    public string Magnet(string? announce) =>
        $"magnet:?xt=urn:btih:{InfoHash}&dn={Name}" + (announce is null ? "" : $"&tr={Uri.EscapeDataString(announce)}");
}
