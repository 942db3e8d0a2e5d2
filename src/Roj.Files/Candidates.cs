using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The connection policy's memory: where peers may be, and which of them to dial next.</summary>
/// <remarks>A peer that can't be reached is tried for ever, with waits that double from 100 ms to 2 s. Those that failed least come
/// first, and
/// among equals chance decides, so that the connections of a swarm form a random graph.</remarks>
internal sealed class Candidates(SwarmSettings settings, Rng rng)
{
    private readonly SortedDictionary<Endpoint, Candidate> candidates = [];
    private readonly SortedDictionary<uint, Instant> bans = [];

    /// <summary>How many endpoints are known.</summary>
    public int Count => candidates.Count;

    /// <summary>Grows whenever there is another endpoint worth telling.</summary>
    public int ProvenVersion { get; private set; }

    /// <summary>The endpoints worth telling to others.</summary>
    public IEnumerable<Endpoint> Proven => candidates.Values.Where(c => c.IsProven && !c.IsSelf).Select(c => c.Endpoint);

    /// <summary>Notes an endpoint; null if there is no room or it is not usable.</summary>
    public Candidate? Learn(Endpoint endpoint, bool isStatic)
    {
        if (candidates.TryGetValue(endpoint, out var known))
        {
            known.IsStatic |= isStatic;
            return known;
        }

        if (!endpoint.IsUsable || (candidates.Count >= settings.CandidatesMax && !Forget()))
            return null;
        var candidate = new Candidate(endpoint, isStatic) { Backoff = settings.BackoffMin };
        candidates.Add(endpoint, candidate);
        return candidate;
    }

    /// <summary>The candidate at <paramref name="endpoint"/>, if it is known.</summary>
    public Candidate? Find(Endpoint? endpoint) => endpoint is { } e && candidates.TryGetValue(e, out var found) ? found : null;

    /// <summary>Something new is known of a candidate: no reason to wait any longer.</summary>
    public void Refresh(Instant now, Candidate candidate)
    {
        candidate.NotBefore = now;
        candidate.Failures = 0;
        candidate.Backoff = settings.BackoffMin;
    }

    /// <summary>We need everybody again.</summary>
    public void RefreshAll(Instant now)
    {
        foreach (var candidate in candidates.Values)
            Refresh(now, candidate);
    }

    /// <summary>Dialling, or the handshake, failed: wait, then longer.</summary>
    public void Failed(Instant now, Candidate candidate)
    {
        candidate.Failures++;
        // Half to the whole of the wait, by chance: nodes that failed together must not come back together.
        candidate.NotBefore = now + rng.Next(candidate.Backoff / 2, candidate.Backoff);
        candidate.Backoff = candidate.Backoff * 2 < settings.BackoffMax ? candidate.Backoff * 2 : settings.BackoffMax;
    }

    /// <summary>Handshakes succeeded.</summary>
    public void Succeeded(Candidate candidate, PeerId peer)
    {
        ProvenVersion += candidate.IsProven ? 0 : 1;
        candidate.InUse = true;
        candidate.IsProven = true;
        candidate.LastId = peer;
        candidate.Failures = 0;
        candidate.Backoff = settings.BackoffMin;
    }

    /// <summary>The connection ended well enough; not dialled for <paramref name="rest"/>.</summary>
    public static void Rest(Instant now, Candidate candidate, TimeSpan rest) => candidate.NotBefore = now + rest;

    /// <summary>The next to dial; null if there is none now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isConnected">Whether there is a connection to this peer already, perhaps under another address.</param>
    public Candidate? Next(Instant now, Func<PeerId, bool> isConnected)
    {
        Candidate? best = null;
        var equals = 0;
        foreach (var candidate in candidates.Values)
        {
            if (!IsDialable(candidate, isConnected) || candidate.NotBefore > now || IsBanned(now, candidate.Endpoint.Address))
                continue;
            if (best is not null && candidate.Failures > best.Failures)
                continue;
            equals = best is null || candidate.Failures < best.Failures ? 1 : equals + 1;
            if (rng.Next(equals) == 0)
                best = candidate;
        }

        return best;
    }

    /// <summary>When the next candidate may be dialled; null if none will by waiting.</summary>
    public Instant? NextAt(Func<PeerId, bool> isConnected)
    {
        Instant? earliest = null;
        foreach (var candidate in candidates.Values)
        {
            if (!IsDialable(candidate, isConnected))
                continue;
            var banned = bans.TryGetValue(candidate.Endpoint.Address, out var until) && until > candidate.NotBefore;
            earliest = Instant.Earliest(earliest, banned ? until : candidate.NotBefore);
        }

        return earliest;
    }

    /// <summary>Refuses an address for a while.</summary>
    public void Ban(Instant now, uint address)
    {
        bans[address] = now + settings.BanFor;
        // As many as candidates: whoever has more addresses than that to lie from is not stopped by a list.
        if (bans.Count > settings.CandidatesMax)
            bans.Remove(bans.MinBy(ban => ban.Value).Key);
    }

    /// <summary>Whether an address is refused.</summary>
    public bool IsBanned(Instant now, uint address)
    {
        if (!bans.TryGetValue(address, out var until))
            return false;
        if (until > now)
            return true;
        bans.Remove(address);
        return false;
    }

    private static bool IsDialable(Candidate candidate, Func<PeerId, bool> isConnected) =>
        candidate is { InUse: false, IsSelf: false, IsForeign: false } && !(candidate.LastId is { } id && isConnected(id));

    private bool Forget()
    {
        var worst = candidates.Values.Where(c => c is { IsStatic: false, InUse: false }).MaxBy(c => (c.IsProven ? 0 : 1, c.Failures));
        return worst is not null && candidates.Remove(worst.Endpoint);
    }
}
