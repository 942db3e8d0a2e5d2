using System.Buffers.Binary;
using System.Security.Cryptography;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Security;

/// <summary>Seals what a process sends to others of its cluster by datagram, and opens what comes: nobody without the key can read,
/// speak, or
/// say again what was said before.</summary>
/// <remarks>
/// <code>
///    0        4  5       9       25        33        41                              -16
///  | "ROJS" | 1 | keyId | node  | session | counter | yourSession, what is said      | tag |
///  |                not secret, but sealed          |   AES-256-GCM                        |
/// </code>
/// <para>A session is one process, by random number. Its key is derived from the cluster's for the node and the session, and a counter that
/// never repeats is the nonce, so that no two datagrams of a cluster share both.</para>
/// <para>Windows vanish with their process. So a process is <em>met</em> when it names the receiver's own session, which is new in every
/// life: who does not know it says nothing that is believed, and is told it (<see cref="Introduce"/>). Nothing is kept of anybody before
/// that. Who was met is believed also when it speaks to all, and so names nobody (0): its window tells what is new. When more than
/// <see cref="SessionsMax"/> have been met, all are forgotten and this process takes a new session, by which all that was said to the old
/// one is void.</para>
/// <para>While keys are rotated, who still speaks an old one is answered in it. Who was not heard since the ring changed may have the new
/// one or not, and is told everything in both (<see cref="WriteAgain"/>): else nobody who was told would reach who was not, neither to
/// probe it nor to have it probed, and on a busy link it would be suspected. Everybody else hears the first.</para>
/// </remarks>
internal sealed class Seal : IDisposable
{
    /// <summary>How many bytes longer a sealed datagram is.</summary>
    public const int Overhead = SealHeader.Length + SessionLength + TagLength;

    /// <summary>Sessions of others remembered at most.</summary>
    public const int SessionsMax = 4096;

    /// <summary>Datagrams of unknown sessions opened in a second, of one address.</summary>
    public const int StrangersPerSourceMax = 50;

    /// <summary>Datagrams of unknown sessions opened in a second, in all.</summary>
    public const int StrangersMax = 2000;

    private const int SessionLength = 8;
    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly ClusterKeys keys;
    private readonly UInt128 self;
    private readonly Dictionary<SessionName, MetSession> sessions = [];
    private readonly Dictionary<Endpoint, Place> places = [];
    private readonly AnswerBudget strangers = new(StrangersPerSourceMax, StrangersMax);
    private readonly SortedDictionary<uint, AesGcm> sealing = [];
    private Keyring ring;
    private ulong session;
    private ulong counter;

    /// <summary>Makes the seal of one process.</summary>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="self">The node's id.</param>
    public Seal(ClusterKeys keys, UInt128 self)
    {
        (this.keys, this.self, ring) = (keys, self, keys.Current);
        Begin();
    }

    /// <summary>Seals <paramref name="said"/> for whoever listens at <paramref name="to"/>; how long it is in
    /// <paramref name="output"/>.</summary>
    public int Write(Endpoint to, ReadOnlySpan<byte> said, Span<byte> output)
    {
        Renew();
        var place = places.GetValueOrDefault(to);
        return Write(place.IsInDoubt ? ring.First : ring.Find(place.KeyId) ?? ring.First, place.Session, said, output);
    }

    /// <summary>Seals the same in the older key that whoever listens at <paramref name="to"/> was last heard in, if it is not known to
    /// have the first; 0 bytes if it is.</summary>
    public int WriteAgain(Endpoint to, ReadOnlySpan<byte> said, Span<byte> output)
    {
        Renew();
        return places.GetValueOrDefault(to) is { IsInDoubt: true } place && ring.Find(place.KeyId) is { } older
            ? Write(older, place.Session, said, output)
            : 0;
    }

    /// <summary>Tells the sender of a datagram that was a <see cref="SealVerdict.Stranger"/>'s which session this is; never longer than
    /// what it
    /// answers.</summary>
    public int Introduce(ReadOnlySpan<byte> stranger, Span<byte> output)
    {
        Renew();
        return SealHeader.TryRead(stranger, out var header)
            ? Write(ring.Find(header.KeyId) ?? ring.First, header.Session, default, output)
            : throw new ArgumentException("this is no stranger's", nameof(stranger));
    }

    /// <summary>Opens a datagram.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="output">As long as the datagram at least.</param>
    /// <param name="said">What is said, in <paramref name="output"/>; empty unless the verdict is <see cref="SealVerdict.Fresh"/>, and
    /// then too
    /// if it was an introduction.</param>
    public SealVerdict Open(Instant now, Endpoint from, ReadOnlySpan<byte> datagram, Span<byte> output, out ReadOnlySpan<byte> said)
    {
        said = default;
        Renew();
        if (datagram.Length < Overhead || !SealHeader.TryRead(datagram, out var header) || ring.Find(header.KeyId) is not { } key)
            return SealVerdict.Foreign;
        if (header.Node == self && header.Session == session)
            return SealVerdict.Replayed; // our own voice, come back
        var name = new SessionName(header.Node, header.Session, header.KeyId);
        var met = sessions.GetValueOrDefault(name);
        if (met is not null && !met.Window.IsNew(header.Counter))
            return SealVerdict.Replayed; // before anything is computed: recordings cost whoever plays them more
        if (met is null && !strangers.TryTake(now, from.Address))
            return SealVerdict.TooMany;

        var opening = met ?? new MetSession(Cipher(key, header.Node, header.Session));
        var verdict = Open(opening, met is not null, datagram, header.Counter, output, ref said);
        if (verdict is SealVerdict.Fresh && met is null)
            Meet(name, opening);
        else if (met is null)
            opening.Dispose();
        if (verdict is SealVerdict.Fresh)
            Note(from, header);
        return verdict;
    }

    /// <summary>The key that who speaks from there was heard in since the ring changed, if that is not the first: it has missed a
    /// rotation.</summary>
    public ClusterKey? OldKeyOf(Endpoint from) =>
        places.GetValueOrDefault(from) is { IsInDoubt: false } place && ring.Find(place.KeyId) is { } spoken && spoken.Id != ring.First.Id
            ? spoken
            : null;

    /// <summary>Who listens there has the first key by now.</summary>
    public void CaughtUp(Endpoint node)
    {
        Renew();
        if (places.TryGetValue(node, out var place))
            places[node] = new Place(place.Session, ring.First.Id);
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        ForgetAll();
        foreach (var cipher in sealing.Values)
            cipher.Dispose();
        sealing.Clear();
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

    private int Write(ClusterKey key, ulong yourSession, ReadOnlySpan<byte> said, Span<byte> output)
    {
        var length = said.Length + Overhead;
        new SealHeader(key.Id, self, session, ++counter).Write(output);
        BinaryPrimitives.WriteUInt64BigEndian(output[SealHeader.Length..], yourSession);
        said.CopyTo(output[(SealHeader.Length + SessionLength)..]);
        var plain = output[SealHeader.Length..(length - TagLength)]; // sealed where it stands
        var nonce = Nonce(counter, stackalloc byte[NonceLength]);
        sealing[key.Id].Encrypt(nonce, plain, plain, output[(length - TagLength)..length], output[..SealHeader.Length]);
        return length;
    }

    private SealVerdict Open(
        MetSession opening, bool isMet, ReadOnlySpan<byte> datagram, ulong number, Span<byte> output, ref ReadOnlySpan<byte> said)
    {
        var sealedPart = datagram[SealHeader.Length..^TagLength];
        var plain = output[..sealedPart.Length];
        try
        {
            var nonce = Nonce(number, stackalloc byte[NonceLength]);
            opening.Cipher.Decrypt(nonce, sealedPart, datagram[^TagLength..], plain, datagram[..SealHeader.Length]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return SealVerdict.Foreign;
        }

        var yours = BinaryPrimitives.ReadUInt64BigEndian(plain);
        if (yours != session && !(isMet && yours == 0))
            return SealVerdict.Stranger;
        if (!isMet)
            opening.Window.BeginAt(number); // what it said to all before that may have been said to an earlier life of ours
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

    private void Meet(SessionName name, MetSession met)
    {
        if (sessions.Count >= SessionsMax)
        {
            ForgetAll();
            Begin();
        }

        sessions.Add(name, met);
    }

    // A datagram in the old key may have been on its way when the new one came: who was heard in the better one has it.
    private void Note(Endpoint at, in SealHeader heard)
    {
        if (places.TryGetValue(at, out var place) && place.Session == heard.Session && place.KeyId == ring.First.Id)
            return;
        if (places.Count >= SessionsMax)
            places.Clear(); // who is spoken to next is a stranger for one round trip
        places[at] = new Place(heard.Session, heard.KeyId);
    }

    /// <summary>Follows the ring, if that has changed: forgets the keys that are gone, and is in doubt who has the new one.</summary>
    private void Renew()
    {
        if (keys.Current == ring)
            return;
        ring = keys.Current;
        foreach (var (name, met) in sessions.Where(one => ring.Find(one.Key.Key) is null).ToArray())
        {
            sessions.Remove(name);
            met.Dispose();
        }

        foreach (var (at, place) in places.ToArray())
            places[at] = place with { IsInDoubt = ring.Find(place.KeyId) is { } known && known.Id != ring.First.Id };
        MakeCiphers();
    }

    private void ForgetAll()
    {
        foreach (var known in sessions.Values)
            known.Dispose();
        sessions.Clear();
        places.Clear();
    }

    private void Begin()
    {
        Span<byte> random = stackalloc byte[SessionLength];
        do
            RandomNumberGenerator.Fill(random);
        while ((session = BinaryPrimitives.ReadUInt64BigEndian(random)) == 0);
        counter = 0;
        MakeCiphers();
    }

    private void MakeCiphers()
    {
        foreach (var cipher in sealing.Values)
            cipher.Dispose();
        sealing.Clear();
        foreach (var key in ring.Keys)
            sealing[key.Id] = Cipher(key, self, session);
    }

    private readonly record struct SessionName(UInt128 Node, ulong Number, uint Key);

    /// <summary>Who listens somewhere: its session, the key that it was last heard in or told, and whether the ring has changed
    /// since.</summary>
    private readonly record struct Place(ulong Session, uint KeyId, bool IsInDoubt = false);
}
