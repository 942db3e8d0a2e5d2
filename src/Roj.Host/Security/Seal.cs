using System.Buffers.Binary;
using System.Security.Cryptography;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Security;

/// <summary>Seals what a process sends to others of its cluster by datagram, and opens what comes: nobody without the key can read, speak, or
/// say again what was said before.</summary>
/// <remarks>
/// <code>
///    0        4  5       9       25        33        41                              -16
///  | "ROJS" | 1 | keyId | node  | session | counter | yourSession, what is said      | tag |
///  |                not secret, but sealed          |   AES-256-GCM                        |
/// </code>
/// <para>A session is one process, by random number. Its key is derived from the cluster's for the node and the session, and a counter that
/// never repeats is the nonce, so that no two datagrams of a cluster share both.</para>
/// <para>Windows vanish with their process. So a datagram counts only if it names the receiver's own session, which is new in every
/// life: who does not know it says nothing that is believed, and is told it (<see cref="Introduce"/>). Nothing is kept of anybody before
/// that. When more than <see cref="SessionsMax"/> have been met, all are forgotten and this process takes a new session, by which all
/// that was said to the old one is void.</para>
/// </remarks>
internal sealed class Seal : IDisposable
{
    /// <summary>How many bytes longer a sealed datagram is.</summary>
    public const int Overhead = HeaderLength + SessionLength + TagLength;

    /// <summary>Sessions of others remembered at most.</summary>
    public const int SessionsMax = 4096;

    /// <summary>Keys at most: the first seals, all open.</summary>
    public const int KeysMax = 3;

    /// <summary>Datagrams of unknown sessions opened in a second, of one address.</summary>
    public const int StrangersPerSourceMax = 50;

    /// <summary>Datagrams of unknown sessions opened in a second, in all.</summary>
    public const int StrangersMax = 2000;

    private const byte Version = 1;
    private const int HeaderLength = 41;
    private const int SessionLength = 8;
    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly ClusterKey[] keys;
    private readonly UInt128 self;
    private readonly Dictionary<SessionName, Session> sessions = [];
    private readonly Dictionary<Endpoint, ulong> sessionAt = [];
    private readonly AnswerBudget strangers = new(StrangersPerSourceMax, StrangersMax);
    private AesGcm sealing;
    private ulong session;
    private ulong counter;

    /// <summary>Makes the seal of one process.</summary>
    /// <param name="keys">The cluster's keys; the first seals.</param>
    /// <param name="self">The node's id.</param>
    /// <exception cref="ArgumentException">There is no key, or there are too many.</exception>
    public Seal(IReadOnlyList<ClusterKey> keys, UInt128 self)
    {
        if (keys.Count is 0 or > KeysMax)
            throw new ArgumentException($"a node has 1 to {KeysMax} keys", nameof(keys));
        (this.keys, this.self) = ([.. keys], self);
        sealing = Begin();
    }

    private static ReadOnlySpan<byte> Magic => "ROJS"u8;

    /// <summary>Seals <paramref name="said"/> for whoever listens at <paramref name="to"/>; how long it is in
    /// <paramref name="output"/>.</summary>
    public int Write(Endpoint to, ReadOnlySpan<byte> said, Span<byte> output) => Write(sessionAt.GetValueOrDefault(to), said, output);

    /// <summary>Tells the sender of a datagram that was a <see cref="SealVerdict.Stranger"/>'s which session this is; never longer than what it
    /// answers.</summary>
    public int Introduce(ReadOnlySpan<byte> stranger, Span<byte> output) =>
        Write(BinaryPrimitives.ReadUInt64BigEndian(stranger[25..]), default, output);

    /// <summary>Opens a datagram.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="output">As long as the datagram at least.</param>
    /// <param name="said">What is said, in <paramref name="output"/>; empty unless the verdict is <see cref="SealVerdict.Fresh"/>, and then too
    /// if it was an introduction.</param>
    public SealVerdict Open(Instant now, Endpoint from, ReadOnlySpan<byte> datagram, Span<byte> output, out ReadOnlySpan<byte> said)
    {
        said = default;
        var reader = new ByteReader(datagram);
        var isOurs = reader.Take(Magic.Length).SequenceEqual(Magic) && reader.Byte() == Version;
        var keyId = reader.UInt32();
        var (node, its, number) = (reader.UInt128(), reader.UInt64(), reader.UInt64());
        if (!isOurs || datagram.Length < Overhead || its == 0 || Array.Find(keys, key => key.Id == keyId) is not { } key)
            return SealVerdict.Foreign;
        if (node == self && its == session)
            return SealVerdict.Replayed; // our own voice, come back
        var name = new SessionName(node, its, keyId);
        var met = sessions.GetValueOrDefault(name);
        if (met is null && !strangers.TryTake(now, from.Address))
            return SealVerdict.TooMany;

        var opening = met ?? new Session(Cipher(key, node, its));
        var verdict = Open(opening, datagram, number, output, ref said);
        if (verdict is SealVerdict.Fresh && met is null)
            Meet(name, opening);
        else if (met is null)
            opening.Dispose();
        if (verdict is SealVerdict.Fresh)
            Place(from, its);
        return verdict;
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        ForgetAll();
        sealing.Dispose();
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

    private int Write(ulong yourSession, ReadOnlySpan<byte> said, Span<byte> output)
    {
        var length = said.Length + Overhead;
        var writer = new ByteWriter(output);
        writer.Bytes(Magic);
        writer.Byte(Version);
        writer.UInt32(keys[0].Id);
        writer.UInt128(self);
        writer.UInt64(session);
        writer.UInt64(++counter);
        writer.UInt64(yourSession);
        writer.Bytes(said);
        var plain = output[HeaderLength..(length - TagLength)]; // sealed where it stands
        sealing.Encrypt(Nonce(counter, stackalloc byte[NonceLength]), plain, plain, output[(length - TagLength)..length], output[..HeaderLength]);
        return length;
    }

    private SealVerdict Open(
        Session opening, ReadOnlySpan<byte> datagram, ulong number, Span<byte> output, ref ReadOnlySpan<byte> said)
    {
        var plain = output[..(datagram.Length - HeaderLength - TagLength)];
        try
        {
            var nonce = Nonce(number, stackalloc byte[NonceLength]);
            opening.Cipher.Decrypt(nonce, datagram[HeaderLength..^TagLength], datagram[^TagLength..], plain, datagram[..HeaderLength]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return SealVerdict.Foreign;
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(plain) != session)
            return SealVerdict.Stranger;
        if (!opening.Window.TryTake(number))
            return SealVerdict.Replayed;
        said = plain[SessionLength..];
        return SealVerdict.Fresh;
    }

    private static ReadOnlySpan<byte> Nonce(ulong number, Span<byte> nonce)
    {
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], number);
        return nonce;
    }

    private void Meet(SessionName name, Session met)
    {
        if (sessions.Count >= SessionsMax)
        {
            ForgetAll();
            sealing.Dispose();
            sealing = Begin();
        }

        sessions.Add(name, met);
    }

    private void Place(Endpoint at, ulong number)
    {
        if (sessionAt.Count >= SessionsMax)
            sessionAt.Clear(); // who is spoken to next is a stranger for one round trip
        sessionAt[at] = number;
    }

    private void ForgetAll()
    {
        foreach (var known in sessions.Values)
            known.Dispose();
        sessions.Clear();
        sessionAt.Clear();
    }

    private AesGcm Begin()
    {
        Span<byte> random = stackalloc byte[SessionLength];
        do
            RandomNumberGenerator.Fill(random);
        while ((session = BinaryPrimitives.ReadUInt64BigEndian(random)) == 0);
        counter = 0;
        return Cipher(keys[0], self, session);
    }

    private readonly record struct SessionName(UInt128 Node, ulong Number, uint Key);

    private sealed record Session(AesGcm Cipher) : IDisposable
    {
        internal ReplayWindow Window { get; } = new();

        public void Dispose() => Cipher.Dispose();
    }
}
