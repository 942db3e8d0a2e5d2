using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The connection policy's memory: where peers may be, and which of them to dial next.</summary>
/// <remarks>
/// <para>A peer that can't be reached is tried for ever, with waits that double from 100 ms to 2 s. Who comes first: see
/// <see cref="DialAgenda"/>.</para>
/// <para>Those that the user named are all kept. Of the others there is a table; an address that teaches us many fills its own share of it
/// and no more, and when the table is full, whoever holds most of it makes room: a liar can't drive out what others told.</para>
/// </remarks>
internal sealed class Candidates
{
    // What one address may teach, as a part of the table: eight liars and there is still room for the truth, as each evicts its own.
    private const int SharesOfTable = 8;

    private readonly SwarmSettings settings;
    private readonly Rng rng;
    private readonly SortedDictionary<Endpoint, Candidate> candidates = [];
    private readonly List<Candidate> hearsay = [];
    private readonly SortedDictionary<uint, int> shares = [];
    private readonly SortedSet<Endpoint> proven = [];
    private readonly Bans bans;
    private readonly DialAgenda agenda;

    public Candidates(SwarmSettings settings, Rng rng)
    {
        this.settings = settings;
        this.rng = rng;
        bans = new Bans(settings.CandidatesMax);
        agenda = new DialAgenda(bans, rng);
    }

    /// <summary>How many endpoints are known.</summary>
    public int Count => candidates.Count;

    /// <summary>Grows whenever there is another endpoint worth telling.</summary>
    public int ProvenVersion { get; private set; }

    /// <summary>The endpoints worth telling to others.</summary>
    public IReadOnlyCollection<Endpoint> Proven => proven;

    /// <summary>Notes an endpoint that <paramref name="teacher"/> told of: mostly itself. Null if there is no room or nobody can be
    /// there.</summary>
    public Candidate? Learn(Endpoint endpoint, uint teacher)
    {
        if (candidates.TryGetValue(endpoint, out var known))
            return known;
        if (!endpoint.IsUsable || !MakeRoom(teacher))
            return null;
        var candidate = Add(endpoint, teacher);
        candidate.HearsayIndex = hearsay.Count;
        hearsay.Add(candidate);
        shares[teacher] = shares.GetValueOrDefault(teacher) + 1;
        return candidate;
    }

    /// <summary>Notes an endpoint that the user named. Null if nobody can be there, or there are more than any torrent.conf
    /// names.</summary>
    public Candidate? LearnStatic(Endpoint endpoint)
    {
        if (!endpoint.IsUsable)
            return null;
        var candidate = candidates.GetValueOrDefault(endpoint);
        if (candidate is { IsStatic: true })
            return candidate;
        if (candidates.Count - hearsay.Count >= TorrentConf.PeersMax)
            return null;
        if (candidate is null)
            candidate = Add(endpoint, endpoint.Address);
        else
            LeaveHearsay(candidate);
        Change(candidate, c => c.IsStatic = true);
        return candidate;
    }

    /// <summary>The candidate at <paramref name="endpoint"/>, if it is known.</summary>
    public Candidate? Find(Endpoint? endpoint) => endpoint is { } e ? candidates.GetValueOrDefault(e) : null;

    /// <summary>Something new is known of a candidate: no reason to wait any longer.</summary>
    public void Refresh(Instant now, Candidate candidate) => Change(candidate, c =>
    {
        c.NotBefore = now;
        Recover(c);
    });

    /// <summary>A candidate is dialled.</summary>
    public void Dialled(Candidate candidate)
    {
        agenda.Took(candidate);
        Change(candidate, c => c.InUse = true);
    }

    /// <summary>We need everybody again.</summary>
    public void RefreshAll(Instant now)
    {
        foreach (var candidate in candidates.Values)
            Refresh(now, candidate);
    }

    /// <summary>Dialling, the handshake, or the connection failed: wait, then longer.</summary>
    /// <param name="now">The time.</param>
    /// <param name="candidate">Where.</param>
    /// <param name="lasted">Whether the connection was there for a while: then this is the first failure.</param>
    /// <param name="longest">The longest wait; null for <see cref="SwarmSettings.BackoffMax"/>.</param>
    public void Failed(Instant now, Candidate candidate, bool lasted, TimeSpan? longest = null) => Change(candidate, c =>
    {
        if (lasted)
            Recover(c);
        c.InUse = false;
        c.Failures++;
        // Half to the whole of the wait, by chance: nodes that failed together must not come back together.
        c.NotBefore = now + rng.Next(c.Backoff / 2, c.Backoff);
        var max = longest ?? settings.BackoffMax;
        c.Backoff = c.Backoff * 2 < max ? c.Backoff * 2 : max;
    });

    /// <summary>It is known where a peer listens that exchanged handshakes with us.</summary>
    public void Met(Peer peer)
    {
        if (peer.Listening is not { } endpoint || Learn(endpoint, endpoint.Address) is not { } candidate)
            return;
        if (peer.IsOpen)
            Succeeded(candidate, peer.PeerId);
        else
            Proved(candidate, peer.PeerId);
    }

    /// <summary>Handshakes succeeded, and the connection stays: whether it is worth anything shows when it ends.</summary>
    public void Succeeded(Candidate candidate, PeerId peer)
    {
        Proved(candidate, peer);
        Change(candidate, c => c.InUse = true);
    }

    /// <summary>A peer listens there: handshakes succeeded, or it called us and said so.</summary>
    public void Proved(Candidate candidate, PeerId peer)
    {
        Change(candidate, c => (c.IsProven, c.LastId) = (true, peer));
        if (!candidate.IsSelf && proven.Add(candidate.Endpoint))
            ProvenVersion++;
    }

    /// <summary>A peer that is connected otherwise answered there: nothing to dial as long as it is.</summary>
    public void Answered(Candidate candidate, PeerId peer) => Change(candidate, c => c.LastId = peer);

    /// <summary>The connection ended well enough; not dialled for <paramref name="rest"/>.</summary>
    public void Rested(Instant now, Candidate candidate, TimeSpan rest) => Change(candidate, c =>
    {
        Recover(c);
        c.InUse = false;
        c.NotBefore = now + rest;
    });

    /// <summary>This is ourselves: never dialled again, nor told of.</summary>
    public void IsOurselves(Candidate candidate)
    {
        proven.Remove(candidate.Endpoint);
        Change(candidate, c => (c.IsSelf, c.InUse) = (true, false));
    }

    /// <summary>What a candidate serves: our file under this or another name, or other files only.</summary>
    public void Judge(Candidate candidate, Sha1Digest? alias, bool isForeign) =>
        Change(candidate, c => (c.Alias, c.IsForeign) = (alias, isForeign));

    /// <summary>Those that said what they serve.</summary>
    public IEnumerable<Candidate> Serving() => candidates.Values.Where(candidate => candidate.Served is not null);

    /// <summary>A peer is not connected any more.</summary>
    public void Left(PeerId peer) => agenda.Left(peer);

    /// <summary>The next to dial; null if there is none now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isConnected">Whether there is a connection to this peer already, perhaps under another address. When that ends, <see
    /// cref="Left"/> must be called.</param>
    public Candidate? Next(Instant now, Func<PeerId, bool> isConnected) => agenda.First(now, isConnected);

    /// <summary>When the next candidate may be dialled; null if none will by waiting.</summary>
    public Instant? NextAt(Func<PeerId, bool> isConnected) => agenda.FirstAt(isConnected);

    /// <summary>Refuses an address for a while.</summary>
    public void Ban(Instant now, uint address) => bans.Add(address, now + settings.BanFor);

    /// <summary>Whether an address is refused.</summary>
    public bool IsBanned(Instant now, uint address) => bans.Has(now, address);

    private Candidate Add(Endpoint endpoint, uint teacher)
    {
        var candidate = new Candidate(endpoint, teacher) { Backoff = settings.BackoffMin };
        candidates.Add(endpoint, candidate);
        agenda.Add(candidate);
        return candidate;
    }

    private void Change(Candidate candidate, Action<Candidate> change)
    {
        agenda.Remove(candidate);
        change(candidate);
        agenda.Add(candidate);
    }

    private void Recover(Candidate candidate)
    {
        candidate.Failures = 0;
        candidate.Backoff = settings.BackoffMin;
    }

    private bool MakeRoom(uint teacher)
    {
        if (shares.GetValueOrDefault(teacher) >= Math.Max(1, settings.CandidatesMax / SharesOfTable))
            return Forget(hearsay.Where(candidate => candidate.Teacher == teacher));
        return hearsay.Count < settings.CandidatesMax || Forget(hearsay);
    }

    private bool Forget(IEnumerable<Candidate> among)
    {
        var worst = among.Where(candidate => !candidate.InUse)
            .MaxBy(candidate => (shares[candidate.Teacher], candidate.IsProven ? 0 : 1, candidate.Failures));
        if (worst is null)
            return false;
        LeaveHearsay(worst);
        agenda.Remove(worst);
        proven.Remove(worst.Endpoint);
        candidates.Remove(worst.Endpoint);
        return true;
    }

    private void LeaveHearsay(Candidate candidate)
    {
        var last = hearsay[^1];
        hearsay[candidate.HearsayIndex] = last;
        last.HearsayIndex = candidate.HearsayIndex;
        hearsay.RemoveAt(hearsay.Count - 1);
        if (--shares[candidate.Teacher] == 0)
            shares.Remove(candidate.Teacher);
    }
}
