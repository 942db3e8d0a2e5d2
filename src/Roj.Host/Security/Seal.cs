using System.Buffers.Binary;
using System.Security.Cryptography;
using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.Host.Security;

/// <summary>Seals what a process sends to others of its cluster by datagram, and opens what comes: nobody without the key can read, speak,
/// or say again what was said before.</summary>
/// <remarks>
/// <code>
///    0        4  5       9       25        33        41                              -16
///  | "ROJS" | 1 | keyId | node  | session | counter | yourSession, what is said      | tag |
///  |                not secret, but sealed          |   AES-256-GCM                        |
/// </code>
/// <para>A session is one process, by random number. Its key is derived from the cluster's for the node and the session, and a counter that
/// never repeats is the nonce, so that no two datagrams of a cluster share both. What counts and what does not, the
/// <see cref="SessionBook"/> says.</para>
/// </remarks>
internal sealed class Seal : IDisposable
{
    /// <summary>How many bytes longer a sealed datagram is.</summary>
    public const int Overhead = SealHeader.Length + SessionLength + TagLength;

    private const int SessionLength = 8;
    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly ClusterKeys keys;
    private readonly UInt128 self;
    private readonly SessionBook book;
    private readonly SortedDictionary<uint, AesGcm> sealing = [];
    private Keyring ring;
    private ulong sealingSession;

    /// <summary>Makes the seal of one process.</summary>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="self">The node's id.</param>
    public Seal(ClusterKeys keys, UInt128 self)
    {
        (this.keys, this.self, ring) = (keys, self, keys.Current);
        book = new SessionBook(self, Ids(ring), Draw);
    }

    /// <summary>Seals <paramref name="said"/> for whoever listens at <paramref name="to"/>; how long it is in
    /// <paramref name="output"/>.</summary>
    public int Write(Endpoint to, ReadOnlySpan<byte> said, Span<byte> output)
    {
        Renew();
        var (its, keyId) = book.Address(to);
        return Write(keyId, its, said, output);
    }

    /// <summary>Seals the same in the older key that whoever listens at <paramref name="to"/> was last heard in, if it is not known to
    /// have the first; 0 bytes if it is.</summary>
    public int WriteAgain(Endpoint to, ReadOnlySpan<byte> said, Span<byte> output)
    {
        Renew();
        return book.AddressAgain(to) is (var its, var keyId) ? Write(keyId, its, said, output) : 0;
    }

    /// <summary>Tells the sender of a datagram that was a <see cref="SealVerdict.Stranger"/>'s which session this is; never longer
    /// than what it answers.</summary>
    public int Introduce(ReadOnlySpan<byte> stranger, Span<byte> output)
    {
        Renew();
        if (!SealHeader.TryRead(stranger, out var header))
            throw new ArgumentException("this is no stranger's", nameof(stranger));
        return Write(ring.Find(header.KeyId)?.Id ?? ring.First.Id, header.Session, default, output);
    }

    /// <summary>Opens a datagram.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="output">As long as the datagram at least.</param>
    /// <param name="said">What is said, in <paramref name="output"/>; empty unless the verdict is <see cref="SealVerdict.Fresh"/>, and
    /// then too if it was an introduction.</param>
    public SealVerdict Open(Instant now, Endpoint from, ReadOnlySpan<byte> datagram, Span<byte> output, out ReadOnlySpan<byte> said)
    {
        said = default;
        Renew();
        if (datagram.Length < Overhead || !SealHeader.TryRead(datagram, out var header))
            return SealVerdict.Foreign;
        var verdict = book.Look(now, from, header, out var met);
        if (verdict is not SealVerdict.Fresh)
            return verdict;
        var speaker = met ?? new MetSession(Cipher(ring.Find(header.KeyId)!, header.Node, header.Session));
        var plain = output[..(datagram.Length - SealHeader.Length - TagLength)];
        if (!TryOpen((AesGcm)speaker.Opener!, header.Counter, datagram, plain))
        {
            if (met is null)
                speaker.Dispose();
            return SealVerdict.Foreign;
        }

        verdict = book.Hear(from, header, speaker, BinaryPrimitives.ReadUInt64BigEndian(plain));
        if (verdict is SealVerdict.Fresh)
            said = plain[SessionLength..];
        return verdict;
    }

    /// <summary>The key that who speaks from there was heard in since the ring changed, if that is not the first: it has missed a
    /// rotation.</summary>
    public ClusterKey? OldKeyOf(Endpoint from) => book.OldKeyOf(from) is { } spoken ? ring.Find(spoken) : null;

    /// <summary>Who listens there has the first key by now.</summary>
    public void CaughtUp(Endpoint node)
    {
        Renew();
        book.CaughtUp(node);
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        book.Dispose();
        ForgetCiphers();
    }

    private static uint[] Ids(Keyring ring) => [.. ring.Keys.Select(key => key.Id)];

    private static ulong Draw()
    {
        Span<byte> random = stackalloc byte[SessionLength];
        do
            RandomNumberGenerator.Fill(random);
        while (BinaryPrimitives.ReadUInt64BigEndian(random) == 0);
        return BinaryPrimitives.ReadUInt64BigEndian(random);
    }

    private static AesGcm Cipher(ClusterKey key, UInt128 node, ulong session)
    {
        Span<byte> whose = stackalloc byte[24];
        BinaryPrimitives.WriteUInt128BigEndian(whose, node);
        BinaryPrimitives.WriteUInt64BigEndian(whose[16..], session);
        var subkey = key.Derive("gossip", whose, 32);
        try
        {
            return new AesGcm(subkey, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(subkey);
        }
    }

    private static bool TryOpen(AesGcm cipher, ulong number, ReadOnlySpan<byte> datagram, Span<byte> plain)
    {
        try
        {
            var nonce = Nonce(number, stackalloc byte[NonceLength]);
            cipher.Decrypt(
                nonce, datagram[SealHeader.Length..^TagLength], datagram[^TagLength..], plain, datagram[..SealHeader.Length]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static ReadOnlySpan<byte> Nonce(ulong number, Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], number);
        return nonce;
    }

    private int Write(uint keyId, ulong yourSession, ReadOnlySpan<byte> said, Span<byte> output)
    {
        var length = said.Length + Overhead;
        var header = book.Next(keyId);
        header.Write(output);
        BinaryPrimitives.WriteUInt64BigEndian(output[SealHeader.Length..], yourSession);
        said.CopyTo(output[(SealHeader.Length + SessionLength)..]);
        var plain = output[SealHeader.Length..(length - TagLength)]; // sealed where it stands
        var nonce = Nonce(header.Counter, stackalloc byte[NonceLength]);
        Sealing(keyId).Encrypt(nonce, plain, plain, output[(length - TagLength)..length], output[..SealHeader.Length]);
        return length;
    }

    /// <summary>What seals with a key of the ring, in the session that this is now.</summary>
    private AesGcm Sealing(uint keyId)
    {
        if (sealingSession != book.Session)
        {
            ForgetCiphers();
            sealingSession = book.Session;
        }

        if (!sealing.TryGetValue(keyId, out var cipher))
            sealing[keyId] = cipher = Cipher(ring.Find(keyId)!, self, book.Session);
        return cipher;
    }

    /// <summary>Follows the ring, if that has changed.</summary>
    private void Renew()
    {
        if (keys.Current == ring)
            return;
        ring = keys.Current;
        book.Follow(Ids(ring));
        ForgetCiphers();
    }

    private void ForgetCiphers()
    {
        foreach (var cipher in sealing.Values)
            cipher.Dispose();
        sealing.Clear();
    }
}
