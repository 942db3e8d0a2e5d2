using System.Diagnostics.CodeAnalysis;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Membership;

/// <summary>Everybody known, at most so many, with an agenda of who is due when.</summary>
internal sealed class Acquaintances(int max)
{
    private readonly SortedDictionary<Endpoint, Acquaintance> all = [];
    private readonly SortedSet<(Instant At, Endpoint Node)> agenda = [];
    private readonly List<Acquaintance> company = []; // in no order: each knows its place

    /// <summary>How many of them are there, as far as can be known.</summary>
    internal int Company => company.Count;

    /// <summary>When the first of them is due.</summary>
    internal Instant? NextDue => agenda.Count > 0 ? agenda.Min.At : null;

    /// <summary>All of them, by endpoint.</summary>
    internal IEnumerable<Acquaintance> All => all.Values;

    /// <summary>Where those are who are there, but <paramref name="except"/>; in no order.</summary>
    internal Endpoint[] CompanyBut(Endpoint except)
    {
        var places = new Endpoint[company.Count];
        var count = 0;
        foreach (var one in company)
        {
            if (one.Node != except)
                places[count++] = one.Node;
        }

        return count == places.Length ? places : places[..count];
    }

    /// <summary>The one at <paramref name="node"/>.</summary>
    internal Acquaintance? Find(Endpoint node) => all.GetValueOrDefault(node);

    /// <summary>Takes up <paramref name="newcomer"/>. In a full table the least recently heard of lowest rank makes room.</summary>
    /// <param name="newcomer">Whom to take up: not known yet.</param>
    /// <param name="rank">Its rank, which those who make room for it may not exceed; nobody makes room for a static one but others.</param>
    /// <param name="evicted">Who made room, if anybody had to.</param>
    /// <returns>False if nobody could: nothing changed.</returns>
    internal bool TryAdd(Acquaintance newcomer, int rank, out Acquaintance? evicted)
    {
        evicted = null;
        if (all.Count >= max)
        {
            evicted = all.Values.Where(a => a.Source != Source.Static && a.Rank <= rank).MinBy(a => (a.Rank, a.FreshAt, a.Node));
            if (evicted is null)
                return false;
            Remove(evicted);
        }

        all.Add(newcomer.Node, newcomer);
        return true;
    }

    /// <summary>Forgets <paramref name="acquaintance"/>.</summary>
    internal void Remove(Acquaintance acquaintance)
    {
        Put(acquaintance, null);
        all.Remove(acquaintance.Node);
        Count(acquaintance, isCompany: false);
    }

    /// <summary>Sets when <paramref name="acquaintance"/> is due next.</summary>
    internal void Put(Acquaintance acquaintance, Instant? at)
    {
        if (acquaintance.DueAt is { } before)
            agenda.Remove((before, acquaintance.Node));
        if (at is { } then)
            agenda.Add((then, acquaintance.Node));
        acquaintance.DueAt = at;
    }

    /// <summary>Takes the first one that is due off the agenda.</summary>
    internal bool TryTakeDue(Instant now, [NotNullWhen(true)] out Acquaintance? due)
    {
        due = NextDue <= now ? all[agenda.Min.Node] : null;
        if (due is null)
            return false;
        Put(due, null);
        return true;
    }

    /// <summary>Notes that <paramref name="acquaintance"/> spoke.</summary>
    internal void Heard(Instant now, Acquaintance acquaintance, Hello hello, bool proven)
    {
        acquaintance.Heard(now, hello, proven);
        Count(acquaintance, acquaintance.IsCompany);
    }

    /// <summary>Notes whether somebody else watches <paramref name="acquaintance"/>.</summary>
    internal void Watched(Acquaintance acquaintance, bool isWatched)
    {
        acquaintance.IsWatched = isWatched;
        Count(acquaintance, acquaintance.IsCompany);
    }

    /// <summary>Notes that <paramref name="acquaintance"/> is being asked.</summary>
    internal void Asked(Acquaintance acquaintance)
    {
        acquaintance.Asked();
        Count(acquaintance, acquaintance.IsCompany);
    }

    private void Count(Acquaintance acquaintance, bool isCompany)
    {
        if (isCompany == acquaintance.PlaceInCompany >= 0)
            return;
        if (isCompany)
        {
            acquaintance.PlaceInCompany = company.Count;
            company.Add(acquaintance);
            return;
        }

        var last = company[^1];
        (company[acquaintance.PlaceInCompany], last.PlaceInCompany) = (last, acquaintance.PlaceInCompany);
        company.RemoveAt(company.Count - 1);
        acquaintance.PlaceInCompany = -1;
    }
}
