using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>Pings sent on behalf of others.</summary>
internal sealed class Relays
{
    private const int Max = 64; // beyond, the asker has others whom it asked

    private readonly List<Relay> relays = []; // in the order in which they end

    /// <summary>When the next has waited long enough.</summary>
    public Instant? Due => relays.Count > 0 ? relays[0].NackAt : null;

    /// <summary>Remembers for whom a ping is; false if there are too many.</summary>
    public bool TryAdd(uint sequence, Endpoint asked, Endpoint asker, uint askersSequence, Instant nackAt)
    {
        if (relays.Count >= Max)
            return false;
        relays.Add(new Relay(sequence, asked, asker, askersSequence, nackAt));
        return true;
    }

    /// <summary>It was answered from there: for whom it was.</summary>
    public bool TryTake(uint sequence, Endpoint from, out Endpoint asker, out uint askersSequence)
    {
        var index = relays.FindIndex(relay => relay.Sequence == sequence && relay.Asked == from);
        var relay = index < 0 ? default : relays[index];
        (asker, askersSequence) = (relay.Asker, relay.AskersSequence);
        if (index >= 0)
            relays.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>One that was not answered in time.</summary>
    public bool TryTakeLate(Instant now, out Endpoint asker, out uint askersSequence)
    {
        (asker, askersSequence) = (default, 0);
        return Due <= now && TryTake(relays[0].Sequence, relays[0].Asked, out asker, out askersSequence);
    }

    private readonly record struct Relay(uint Sequence, Endpoint Asked, Endpoint Asker, uint AskersSequence, Instant NackAt);
}
