using Roj.Kernel;

namespace Roj.Membership.Sealing;

/// <summary>Which processes of the cluster have been met, what each of them said already, and who listens where: all of sealing but the
/// ciphers.</summary>
/// <remarks>
/// <para>Windows vanish with their process. So a process is <em>met</em> when it names the hearer's own session, which is new in every
/// life: who does not know it says nothing that is believed, and is told it, by an introduction that says nothing else. Nothing is kept of
/// anybody before that. Who was met is believed also when it speaks to all, and so names nobody (0): its window tells what is new. When
/// more than <see cref="SessionsMax"/> have been met, all are forgotten and this process takes a new session, by which all that was said to
/// the old one is void.</para>
/// <para>While keys are rotated everybody is spoken to in the first, and who was last heard in an older one in that too: it may have the
/// first by now or not. Else nobody who was told would reach who was not, neither to probe it nor to have it probed, and on a busy link it
/// would be suspected.</para>
/// <para>One caller. Of each datagram first <see cref="Look"/>, then, if that has it opened, <see cref="Hear"/>.</para>
/// </remarks>
public sealed class SessionBook : IDisposable
{
    /// <summary>Sessions of others remembered at most.</summary>
    public const int SessionsMax = 4096;

    /// <summary>Datagrams of unknown sessions opened in a second, of one address.</summary>
    public const int StrangersPerSourceMax = 50;

    /// <summary>Datagrams of unknown sessions opened in a second, in all.</summary>
    public const int StrangersMax = 2000;

    private readonly UInt128 self;
    private readonly Func<ulong> draw;
    private readonly SortedDictionary<(UInt128 Node, ulong Number, uint Key), MetSession> sessions = [];
    private readonly SortedDictionary<Endpoint, Place> places = [];
    private readonly AnswerBudget strangers = new(StrangersPerSourceMax, StrangersMax);
    private IReadOnlyList<uint> keys;
    private ulong counter;

    /// <summary>Begins a book.</summary>
    /// <param name="self">The node's id.</param>
    /// <param name="keys">The ids of its keys, first the one that it speaks.</param>
    /// <param name="draw">Draws the number of a session: any but 0, and never the same.</param>
    public SessionBook(UInt128 self, IReadOnlyList<uint> keys, Func<ulong> draw)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(draw);
        (this.self, this.keys, this.draw) = (self, keys, draw);
        Session = draw();
    }

    /// <summary>The session of this process.</summary>
    public ulong Session { get; private set; }

    /// <summary>Whom a datagram for <paramref name="to"/> names, and in which key: the first; 0 for nobody that is known.</summary>
    public (ulong Session, uint KeyId) Address(Endpoint to) => (places.GetValueOrDefault(to).Session, keys[0]);

    /// <summary>The same for a copy in an older key, for who was last heard in that; null for everybody else.</summary>
    public (ulong Session, uint KeyId)? AddressAgain(Endpoint to) =>
        OldKeyOf(to) is { } old ? (places[to].Session, old) : null;

    /// <summary>The header of the next datagram.</summary>
    public SealHeader Next(uint keyId) => new(keyId, self, Session, ++counter);

    /// <summary>Looks at a datagram before anything is computed for it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="header">What stands in front of it.</param>
    /// <param name="met">Who said it, if it was met.</param>
    /// <returns>Why it is not opened; <see cref="SealVerdict.Fresh"/> to open it.</returns>
    public SealVerdict Look(Instant now, Endpoint from, in SealHeader header, out MetSession? met)
    {
        met = null;
        if (!Has(header.KeyId))
            return SealVerdict.Foreign;
        if (header.Node == self && header.Session == Session)
            return SealVerdict.Replayed; // our own voice, come back
        met = sessions.GetValueOrDefault((header.Node, header.Session, header.KeyId));
        if (met is not null)
            return met.Window.IsNew(header.Counter) ? SealVerdict.Fresh : SealVerdict.Replayed;
        return strangers.TryTake(now, from.Address) ? SealVerdict.Fresh : SealVerdict.TooMany;
    }

    /// <summary>Hears a datagram that was opened: it is of the cluster.</summary>
    /// <param name="from">Where it came from.</param>
    /// <param name="header">What stood in front of it.</param>
    /// <param name="speaker">Who said it: the one of <see cref="Look"/>, or, if that was none, one that is kept if it is met now and
    /// ended if not.</param>
    /// <param name="yours">Which session it names.</param>
    public SealVerdict Hear(Endpoint from, in SealHeader header, MetSession speaker, ulong yours)
    {
        ArgumentNullException.ThrowIfNull(speaker);
        var name = (header.Node, header.Session, header.KeyId);
        var isMet = sessions.ContainsKey(name);
        if (yours != Session && !(isMet && yours == 0))
        {
            if (!isMet)
                speaker.Dispose();
            return SealVerdict.Stranger;
        }

        if (!isMet)
        {
            speaker.Window.BeginAt(header.Counter); // what it said to all before that may have been said to an earlier life of ours
            Meet(name, speaker);
        }

        if (!speaker.Window.TryTake(header.Counter))
            return SealVerdict.Replayed;
        Note(from, header);
        return SealVerdict.Fresh;
    }

    /// <summary>The keys are others now: forgets who spoke one that is gone.</summary>
    public void Follow(IReadOnlyList<uint> ring)
    {
        keys = ring;
        foreach (var (name, met) in sessions.Where(one => !Has(one.Key.Key)).ToArray())
        {
            sessions.Remove(name);
            met.Dispose();
        }
    }

    /// <summary>The key that who speaks from there was last heard in, if that is not the first: it may have missed a rotation.</summary>
    public uint? OldKeyOf(Endpoint from) =>
        places.GetValueOrDefault(from).KeyId is var spoken && spoken != keys[0] && Has(spoken) ? spoken : null;

    /// <summary>Who listens there has the first key by now.</summary>
    public void CaughtUp(Endpoint node)
    {
        if (places.TryGetValue(node, out var place))
            places[node] = new Place(place.Session, keys[0]);
    }

    /// <summary>Forgets everybody.</summary>
    public void Dispose()
    {
        foreach (var known in sessions.Values)
            known.Dispose();
        sessions.Clear();
        places.Clear();
    }

    private bool Has(uint keyId)
    {
        foreach (var key in keys)
        {
            if (key == keyId)
                return true;
        }

        return false;
    }

    private void Meet((UInt128 Node, ulong Number, uint Key) name, MetSession met)
    {
        if (sessions.Count >= SessionsMax)
        {
            Dispose();
            (Session, counter) = (draw(), 0);
        }

        sessions.Add(name, met);
    }

    // A datagram in the old key may have been on its way when the new one came: who was heard in the better one has it.
    private void Note(Endpoint at, in SealHeader heard)
    {
        if (places.TryGetValue(at, out var place) && place.Session == heard.Session && place.KeyId == keys[0])
            return;
        if (places.Count >= SessionsMax)
            places.Clear(); // who is spoken to next is a stranger for one round trip
        places[at] = new Place(heard.Session, heard.KeyId);
    }

    /// <summary>Who listens somewhere: its session, and the key that it was last heard in, or told.</summary>
    private readonly record struct Place(ulong Session, uint KeyId);
}
