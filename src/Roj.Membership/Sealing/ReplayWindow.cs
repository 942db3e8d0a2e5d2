namespace Roj.Membership.Sealing;

/// <summary>Which counters of one session were seen: each is taken once, however they are reordered, and none that is too old to tell
/// (RFC 4303, section 3.4.3, with 2,048 places).</summary>
public sealed class ReplayWindow
{
    /// <summary>How far behind the greatest counter one may be and still be taken.</summary>
    public const int Places = 2048;

    private readonly ulong[] seen = new ulong[Places / 64];
    private ulong greatest;

    /// <summary>From now on nothing before <paramref name="counter"/> is taken.</summary>
    public void BeginAt(ulong counter)
    {
        greatest = counter - 1;
        Array.Fill(seen, ulong.MaxValue);
    }

    /// <summary>Whether a counter could be taken: it was not taken before, is not 0, and not too old to tell.</summary>
    public bool IsNew(ulong counter) =>
        counter > greatest || (counter != 0 && greatest - counter < Places && (seen[counter % Places / 64] & Bit(counter)) == 0);

    /// <summary>Takes a counter, if it is new.</summary>
    public bool TryTake(ulong counter)
    {
        if (!IsNew(counter))
            return false;
        for (; greatest < counter && counter - greatest < Places; greatest++)
            Clear(greatest + 1);
        if (greatest < counter)
        {
            Array.Clear(seen);
            greatest = counter;
        }

        seen[counter % Places / 64] |= Bit(counter);
        return true;
    }

    private static ulong Bit(ulong counter) => 1UL << (int)(counter % 64);

    private void Clear(ulong counter) => seen[counter % Places / 64] &= ~Bit(counter);
}
