using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Roj.Host.Security;

/// <summary>The keys of a cluster: the first seals, all open. It is never changed: rotation makes a newer one.</summary>
/// <remarks>
/// As text, on disk and between nodes:
/// <code>
/// roj keyring 2
/// roj1-…
/// roj1-…
/// retired 5f3c0a11
/// </code>
/// the number of times that it was changed, one to three keys, and those that were in use once, by id.
/// </remarks>
internal sealed class Keyring
{
    /// <summary>Keys at most.</summary>
    public const int KeysMax = 3;

    /// <summary>Retired keys remembered at most; the oldest are forgotten first.</summary>
    public const int RetiredMax = 16;

    /// <summary>How often one can have been changed: half of what its number would hold, so that there is always a next one.</summary>
    public const ulong VersionMax = ulong.MaxValue / 2;

    /// <summary>How much further changed than ours a ring may be that is believed: once an hour for a century. A number out of the blue
    /// would be in front of all that are made after it.</summary>
    public const ulong LeadMax = 1 << 20;

    /// <summary>Bytes of one as text, at most.</summary>
    public const int BytesMax = 1024;

    private const string Head = "roj keyring ";
    private const string RetiredWord = "retired ";

    private Keyring(ulong version, ClusterKey[] keys, uint[] retired) => (Version, Keys, Retired) = (version, keys, retired);

    /// <summary>How often it was changed.</summary>
    public ulong Version { get; }

    /// <summary>The keys, first the one that seals.</summary>
    public IReadOnlyList<ClusterKey> Keys { get; }

    /// <summary>The ids of keys that were in it once, oldest first: who comes with one of them has missed a rotation.</summary>
    public IReadOnlyList<uint> Retired { get; }

    /// <summary>The key that seals.</summary>
    public ClusterKey First => Keys[0];

    /// <summary>One that nobody has changed yet.</summary>
    /// <exception cref="ArgumentException">There is no key, there are too many, or one is there twice.</exception>
    public static Keyring Of(IReadOnlyList<ClusterKey> keys)
    {
        if (keys.Count is 0 or > KeysMax || keys.DistinctBy(key => key.Id).Count() < keys.Count)
            throw new ArgumentException($"a node has 1 to {KeysMax} keys, each once", nameof(keys));
        return new Keyring(0, [.. keys], []);
    }

    /// <summary>The key with an id; null if it has none.</summary>
    public ClusterKey? Find(uint id) => Keys.FirstOrDefault(key => key.Id == id);

    /// <summary>Whether a key is in it, or was.</summary>
    public bool HasKnown(uint id) => Find(id) is not null || Retired.Contains(id);

    /// <summary>The one after it: <paramref name="next"/> seals, the others still open, the oldest as far as there is room.</summary>
    public Keyring Rotate(ClusterKey next) => Change([next, .. Keys], checked(Version + 1));

    /// <summary>The one after it: the first key alone.</summary>
    public Keyring Retire() => Change([First], checked(Version + 1));

    /// <summary>The same without the keys behind the first, whose time is over here: nobody need be told, and it is no newer. Else a
    /// rotation elsewhere, at the same time, would be as new as that, and might lose against it.</summary>
    public Keyring Lapse() => Change([First], Version);

    /// <summary>Whether it replaces <paramref name="other"/>: changed more often, or, when two changed at once, the one with the greater id
    /// in front, everywhere the same.</summary>
    public bool IsNewerThan(Keyring other) => (Version, First.Id).CompareTo((other.Version, other.First.Id)) > 0;

    /// <summary>Whether it can be what <paramref name="other"/> has become, or stands beside it: it knows a key of it, and is not further
    /// on than any cluster gets.</summary>
    public bool IsKinOf(Keyring other) =>
        other.Keys.Any(key => HasKnown(key.Id)) && (Version <= other.Version || Version - other.Version <= LeadMax);

    /// <summary>As text, secrets included: for the disk, and for nodes that hold one of its keys.</summary>
    public byte[] Write()
    {
        var text = new StringBuilder().Append(Head).Append(CultureInfo.InvariantCulture, $"{Version}\n");
        foreach (var key in Keys)
            text.Append(key.Reveal()).Append('\n');
        foreach (var id in Retired)
            text.Append(RetiredWord).Append(CultureInfo.InvariantCulture, $"{id:x8}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads what <see cref="Write"/> wrote, and nothing else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Keyring? ring)
    {
        ring = null;
        if (bytes.Length > BytesMax || bytes is not [.., (byte)'\n'])
            return false;
        var lines = Encoding.Latin1.GetString(bytes[..^1]).Split('\n');
        if (!lines[0].StartsWith(Head, StringComparison.Ordinal)
            || !ulong.TryParse(lines[0].AsSpan(Head.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || version > VersionMax)
        {
            return false;
        }

        List<ClusterKey> keys = [];
        List<uint> retired = [];
        foreach (var line in lines.AsSpan(1))
        {
            if (retired.Count == 0 && ClusterKey.TryParse(line, out var key, out _))
                keys.Add(key);
            else if (line.StartsWith(RetiredWord, StringComparison.Ordinal)
                && uint.TryParse(line.AsSpan(RetiredWord.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
                retired.Add(id);
            else
                return false;
        }

        if (keys.Count is 0 or > KeysMax || retired.Count > RetiredMax || keys.DistinctBy(key => key.Id).Count() < keys.Count)
            return false;
        ring = new Keyring(version, [.. keys], [.. retired]);
        return ring.Write().AsSpan().SequenceEqual(bytes);
    }

    /// <summary>Names the keys without giving them away.</summary>
    public override string ToString() => string.Join(", ", Keys);

    private Keyring Change(IReadOnlyList<ClusterKey> keys, ulong version)
    {
        var kept = keys.DistinctBy(key => key.Id).Take(KeysMax).ToArray();
        var gone = Keys.Select(key => key.Id).Where(id => kept.All(key => key.Id != id));
        var retired = Retired.Where(id => kept.All(key => key.Id != id)).Concat(gone).ToArray();
        return new Keyring(version, kept, retired[Math.Max(0, retired.Length - RetiredMax)..]);
    }
}
