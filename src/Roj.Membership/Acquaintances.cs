using System.Diagnostics.CodeAnalysis;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Membership;

/// <summary>Everybody known, at most so many, with an agenda of who is due when.</summary>
internal sealed class Acquaintances(int max)
{
    private readonly List<(Endpoint Node, Acquaintance Who)> all = []; // by endpoint: looked up for each peer of each hello
    private readonly SortedSet<(Instant At, Endpoint Node)> agenda = [];
    private readonly List<Acquaintance> company = []; // in no order: each knows its place

    /// <summary>How many of them are there, as far as can be known.</summary>
    internal int Company => company.Count;

    /// <summary>When the first of them is due.</summary>
    internal Instant? NextDue => agenda.Count > 0 ? agenda.Min.At : null;

    /// <summary>All of them, by endpoint.</summary>
    internal IEnumerable<Acquaintance> All => all.Select(one => one.Who);

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

    /// <summary>Where so many, by chance, of those are who are there; one fewer if <paramref name="except"/> is drawn.</summary>
    /// <remarks>Floyd's way (Bentley and Floyd, CACM 30(9), 1987): as much work as there are drawn, however many there are.</remarks>
    internal Endpoint[] SomeBut(Endpoint except, int count, Rng rng)
    {
        List<Endpoint> drawn = new(count);
        for (var limit = Math.Max(0, company.Count - count); limit < company.Count; limit++)
        {
            var node = company[rng.Next(limit + 1)].Node;
            drawn.Add(drawn.Contains(node) ? company[limit].Node : node);
        }

        drawn.Remove(except);
        Endpoint[] some = [.. drawn];
        rng.Shuffle(some.AsSpan()); // else those that came last would stand last, and be left out
        return some;
    }

    /// <summary>The one at <paramref name="node"/>.</summary>
    internal Acquaintance? Find(Endpoint node)
    {
        var index = IndexOf(node);
        return index < all.Count && all[index].Node == node ? all[index].Who : null;
    }

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
            evicted = All.Where(a => a.Source != Source.Static && a.Rank <= rank).MinBy(a => (a.Rank, a.FreshAt, a.Node));
            if (evicted is null)
                return false;
            Remove(evicted);
        }

        all.Insert(IndexOf(newcomer.Node), (newcomer.Node, newcomer));
        return true;
    }

    /// <summary>Forgets <paramref name="acquaintance"/>.</summary>
    internal void Remove(Acquaintance acquaintance)
    {
        Put(acquaintance, null);
        all.RemoveAt(IndexOf(acquaintance.Node));
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
        due = NextDue <= now ? Find(agenda.Min.Node) : null;
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

    /// <summary>Where <paramref name="node"/> stands, or would.</summary>
    private int IndexOf(Endpoint node)
    {
        var (from, to) = (0, all.Count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (all[middle].Node.CompareTo(node) < 0)
                from = middle + 1;
            else
                to = middle;
        }

        return from;
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
