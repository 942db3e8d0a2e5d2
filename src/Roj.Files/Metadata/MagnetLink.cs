using System.Text;
using Roj.Kernel;

namespace Roj.Files.Metadata;

/// <summary>A file by its name alone (BEP 9): <c>magnet:?xt=urn:btih:…&amp;dn=…&amp;tr=…&amp;x.pe=…</c>.</summary>
/// <param name="InfoHash">The name of the file: never zero.</param>
public sealed record MagnetLink(Sha1Digest InfoHash)
{
    /// <summary>Characters of a link.</summary>
    public const int LengthMax = 16 * 1024;

    /// <summary>Peers of a link: what is beyond is passed over.</summary>
    public const int PeersMax = 256;

    /// <summary>What to call the file until its description is there (<c>dn</c>): never a path; null if the link says nothing, or something
    /// that no file may be called.</summary>
    public string? Name { get; init; }

    /// <summary>Announce URLs (<c>tr</c>), each as <see cref="AnnounceUrl"/> wants it; others are passed over.</summary>
    public IReadOnlyList<string> Trackers { get; init; } = [];

    /// <summary>Where peers are (<c>x.pe</c>): IPv4 addresses and ports; others are passed over.</summary>
    public IReadOnlyList<Endpoint> Peers { get; init; } = [];

    /// <summary>Reads a link that came from somewhere else, and may be hostile.</summary>
    /// <param name="text">The link.</param>
    /// <param name="error">Null, or one line that names the parameter at fault and says what is wrong with it.</param>
    /// <returns>Null if there is an <paramref name="error"/>.</returns>
    public static MagnetLink? TryRead(string text, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new MagnetReader();
        var link = reader.Read(text);
        error = reader.Error;
        return link;
    }

    /// <summary>The link.</summary>
    public override string ToString()
    {
        var link = new StringBuilder("magnet:?xt=urn:btih:").Append(InfoHash);
        if (Name is not null)
            link.Append("&dn=").Append(Uri.EscapeDataString(Name));
        foreach (var url in Trackers)
            link.Append("&tr=").Append(Uri.EscapeDataString(url));
        foreach (var peer in Peers)
            link.Append("&x.pe=").Append(peer);
        return link.ToString();
    }
}
