using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Roj.Host.Security;

/// <summary>The certificates of a process: a leaf of its own for each key of the ring in force, and the judgement on others'.
/// From any thread.</summary>
/// <remarks>What belongs to a key that is in the ring no more is forgotten, not disposed of: a handshake may be using it.</remarks>
internal sealed class Certificates
{
    private static readonly ConditionalWeakTable<ClusterKeys, Certificates> All = [];

    private readonly ClusterKeys keys;
    private readonly Lock gate = new();
    private readonly Dictionary<uint, Authority> authorities = [];
    private Keyring? known;

    private Certificates(ClusterKeys keys) => this.keys = keys;

    /// <summary>The one for these keys: a process mints one leaf for each, however many ports it opens.</summary>
    public static Certificates Of(ClusterKeys keys) => All.GetValue(keys, static keys => new Certificates(keys));

    /// <summary>The leaf under the key with that id; if there is none in the ring, or no id, under the ring's first.</summary>
    public SslStreamCertificateContext Leaf(uint? keyId)
    {
        lock (gate)
        {
            var ring = Refresh();
            return authorities[keyId is { } id && ring.Find(id) is not null ? id : ring.First.Id].Leaf;
        }
    }

    /// <summary>The id of the ring's key whose holder signed a certificate; null if none did.</summary>
    /// <param name="certificate">Its DER, as it came.</param>
    public uint? Verify(ReadOnlyMemory<byte> certificate)
    {
        if (!LeafSignature.TryRead(certificate, out var parts))
            return null;
        lock (gate)
        {
            foreach (var key in Refresh().Keys)
            {
                if (authorities[key.Id].HasSigned(parts))
                    return key.Id;
            }
        }

        return null;
    }

    private Keyring Refresh()
    {
        var ring = keys.Current;
        if (ring == known)
            return ring;
        foreach (var gone in authorities.Keys.Where(id => ring.Find(id) is null).ToArray())
            authorities.Remove(gone);
        foreach (var key in ring.Keys.Where(key => !authorities.ContainsKey(key.Id)))
            authorities.Add(key.Id, new Authority(key));
        known = ring;
        return ring;
    }
}
