using Roj.Kernel;

namespace Roj.Election;

/// <summary>How a node stands to who leads, the greatest term that it knows of, and what is told and kept when those change.</summary>
internal sealed class Tenure(ElectionSettings settings, Nomination nomination, Term kept)
{
    /// <summary>How it stands.</summary>
    public Standing Standing { get; private set; } = new Standing.Without();

    /// <summary>The greatest term that it has heard of.</summary>
    public Term Greatest { get; private set; } = kept;

    /// <summary>The leadership that its leader laid down last: what went round the ring before says still that he leads.</summary>
    public Term? LaidDown { get; set; }

    /// <summary>Whether leading is granted by a majority's lease.</summary>
    public bool IsQuorum { get; private set; }

    /// <summary>The leadership that it heeds; null while there is none.</summary>
    public Term? Term => Standing switch
    {
        Standing.Leading(var term) => term,
        Standing.Following(var term) => term,
        _ => null,
    };

    /// <summary>The node asks for the lease.</summary>
    public void Claim(ElectionOutbox outbox)
    {
        Standing = new Standing.Claiming();
        outbox.Do(new ElectionEffect.Claim());
    }

    /// <summary>It was not granted: others may try.</summary>
    public void Denied(Instant now, string why, ElectionOutbox outbox)
    {
        outbox.Emit(new ElectionEvent.Step($"is not granted to lead: {why}"));
        Standing = new Standing.Without();
        nomination.Stand(now + settings.NomineePatience, without: settings.Self);
    }

    /// <summary>The node leads.</summary>
    public void Lead(Instant now, Term term, ElectionOutbox outbox)
    {
        Keep(term, outbox);
        Standing = new Standing.Leading(term);
        outbox.Emit(new ElectionEvent.LeaderChanged(term, "it leads"));
        outbox.Emit(new ElectionEvent.Leads(term));
        nomination.Lead(now, term);
    }

    /// <summary>Another leads.</summary>
    public void Follow(Instant now, Term term, ElectionOutbox outbox)
    {
        if (Standing is Standing.Leading(var own))
        {
            outbox.Emit(new ElectionEvent.LeadsNoMore(own, $"{Short(term.Leader)} leads in a later term"));
            if (IsQuorum)
                outbox.Do(new ElectionEffect.Release());
        }

        Keep(term, outbox);
        Standing = new Standing.Following(term);
        nomination.Yield(now, term);
        outbox.Emit(new ElectionEvent.LeaderChanged(term, $"{Short(term.Leader)} leads"));
    }

    /// <summary>Nobody leads. Another election begins at once, or a little later, where somebody else is more likely to lead.</summary>
    public void Lose(Instant now, string why, ElectionOutbox outbox, TimeSpan later = default)
    {
        NodeId? without = null;
        if (Standing is Standing.Leading(var own))
            outbox.Emit(new ElectionEvent.LeadsNoMore(own, why));
        else if (Standing is Standing.Following(var term))
            without = term.Leader;
        Standing = new Standing.Without();
        outbox.Emit(new ElectionEvent.LeaderChanged(null, why));
        nomination.Stand(now + later, without);
    }

    /// <summary>The lease is over. It is given back all the same: a renewal that succeeds late would keep it from everybody.</summary>
    public void Lapse(Instant now, ElectionOutbox outbox)
    {
        outbox.Do(new ElectionEffect.Release());
        Lose(now, "the lease was not renewed in time", outbox);
    }

    /// <summary>The node leads no more, and stands for no other election: it goes, or leads on under another term.</summary>
    public void LayDown(Term own, string why, ElectionOutbox outbox)
    {
        outbox.Emit(new ElectionEvent.LeadsNoMore(own, why));
        Standing = new Standing.Without();
        if (IsQuorum)
            outbox.Do(new ElectionEffect.Release());
    }

    /// <summary>A later term is known: it is kept before anything is said under it.</summary>
    public void Keep(Term term, ElectionOutbox outbox)
    {
        if (term <= Greatest)
            return;
        Greatest = term;
        nomination.Learn(term);
        outbox.Do(new ElectionEffect.Keep(term));
    }

    /// <summary>From now on a majority decides, or none does any more. Terms of one mode are none of the other: its counters are other
    /// counters.</summary>
    /// <returns>Whether that is so only now.</returns>
    public bool ChangeMode(Instant now, bool toQuorum, ElectionOutbox outbox)
    {
        if (IsQuorum == toQuorum)
            return false;
        if (Term is not null)
            Lose(now, toQuorum ? "from now on a majority decides who leads" : "there is no roster any more", outbox);
        (IsQuorum, Greatest) = (toQuorum, toQuorum == settings.IsToAgree ? Greatest : Kernel.Term.None);
        nomination.Forget(now, Greatest);
        return true;
    }

    /// <summary>What to call a node in a sentence.</summary>
    public static string Short(NodeId node) => node.ToString()[..8];
}
