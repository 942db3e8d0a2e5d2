using System.Text;
using System.Text.Unicode;
using Roj.Kernel;

namespace Roj.Files.Metadata;

/// <summary>Reads a magnet link once, front to back, and stops at the first error.</summary>
internal sealed class MagnetReader
{
    private const string Scheme = "magnet:?";
    private const string Version1 = "urn:btih:";
    private const string Version2 = "urn:btmh:"; // BEP 52: a multihash

    private readonly List<string> trackers = [];
    private readonly List<Endpoint> peers = [];
    private Sha1Digest? infoHash;
    private string? name;
    private bool isVersion2;

    /// <summary>One line that says what is wrong; null while nothing is.</summary>
    public string? Error { get; private set; }

    public MagnetLink? Read(string text)
    {
        if (text.Length > MagnetLink.LengthMax)
            return Fail($"it has {text.Length} characters: at most {MagnetLink.LengthMax} are allowed");
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Fail($"it does not begin with {Scheme}");
        var rest = text.AsSpan(Scheme.Length);
        while (!rest.IsEmpty && Error is null)
        {
            var end = rest.IndexOf('&');
            var parameter = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (parameter.IndexOf('=') is > 0 and var equals)
                Take(BaseOf(parameter[..equals]), parameter[(equals + 1)..]);
        }

        if (Error is not null)
            return null;
        if (infoHash is { } hash)
            return new MagnetLink(hash) { Name = name, Trackers = trackers, Peers = peers };
        return Fail(isVersion2
            ? $"xt is {Version2}: this is BitTorrent v2 only (BEP 52), roj needs {Version1}"
            : $"xt is missing: it must be {Version1} and an info hash");
    }

    // Several of a kind are often numbered: tr.1, tr.2.
    private static ReadOnlySpan<char> BaseOf(ReadOnlySpan<char> key)
    {
        var dot = key.LastIndexOf('.');
        return dot > 0 && dot + 1 < key.Length && !key[(dot + 1)..].ContainsAnyExceptInRange('0', '9') ? key[..dot] : key;
    }

    private void Take(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        if (Is(key, "xt"))
            TakeTopic(Decode(value));
        else if (Is(key, "dn") && name is null)
            name = Decode(value, plus: ' ') is { } told && FileName.Fault(told) is null ? told : null;
        else if (Is(key, "tr") && trackers.Count < AnnounceUrl.CountMax && Decode(value) is { } url && AnnounceUrl.IsUsable(url))
            trackers.Add(url);
        else if (Is(key, "x.pe") && peers.Count < MagnetLink.PeersMax && Endpoint.TryParse(Decode(value), out var peer) && peer.IsUsable)
            peers.Add(peer);
    }

    private void TakeTopic(string? topic)
    {
        isVersion2 |= topic?.StartsWith(Version2, StringComparison.OrdinalIgnoreCase) ?? false;
        if (topic is null || !topic.StartsWith(Version1, StringComparison.OrdinalIgnoreCase))
            return; // a name in another network
        var text = topic.AsSpan(Version1.Length);
        if (!(Sha1Digest.TryParse(text, out var hash) || TryParseBase32(text, out hash)) || hash.IsZero)
            Fail($"xt {Excerpt.Quote(topic)} has no info hash: 40 hexadecimal digits, or 32 of base 32");
        else if (infoHash is { } other && other != hash)
            Fail("xt is there twice, with different info hashes");
        else
            infoHash = hash;
    }

    /// <summary>RFC 4648: 32 digits of five bits each, A to Z and 2 to 7, which is what links were written in at first.</summary>
    private static bool TryParseBase32(ReadOnlySpan<char> text, out Sha1Digest hash)
    {
        hash = default;
        if (text.Length != Sha1Digest.Length * 8 / 5)
            return false;
        var (high, low) = (UInt128.Zero, 0u);
        foreach (var c in text)
        {
            var digit = char.IsAsciiLetter(c) ? (c | 0x20) - 'a' : c is >= '2' and <= '7' ? c - '2' + 26 : -1;
            if (digit < 0)
                return false;
            // 160 bits, shifted five to the left: what leaves the lower word enters the upper one.
            high = (high << 5) | (low >> 27);
            low = (low << 5) | (uint)digit;
        }

        hash = new Sha1Digest(high, low);
        return true;
    }

    /// <summary>What percent signs hide (RFC 3986); null if it is not UTF-8.</summary>
    /// <param name="value">The value as it stands in the link.</param>
    /// <param name="plus">What a plus means: in names some programs write it for a space.</param>
    private static string? Decode(ReadOnlySpan<char> value, char plus = '+')
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        var count = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%')
            {
                if (i + 2 >= value.Length || !char.IsAsciiHexDigit(value[i + 1]) || !char.IsAsciiHexDigit(value[i + 2]))
                    return null;
                bytes[count++] = Convert.FromHexString(value.Slice(i + 1, 2))[0];
                i += 2;
                continue;
            }

            var length = char.IsHighSurrogate(value[i]) && i + 1 < value.Length ? 2 : 1;
            count += Encoding.UTF8.GetBytes(value[i] == '+' ? [plus] : value.Slice(i, length), bytes.AsSpan(count));
            i += length - 1;
        }

        var utf8 = bytes.AsSpan(0, count);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
    }

    private static bool Is(ReadOnlySpan<char> key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private MagnetLink? Fail(string what)
    {
        Error ??= what;
        return null;
    }
}
