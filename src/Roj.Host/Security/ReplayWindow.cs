namespace Roj.Host.Security;

/// <summary>Which counters of one session were seen: each is taken once, however they are reordered, and none that is too old to tell
/// (RFC 4303, section 3.4.3, with 2,048 places).</summary>
internal sealed class ReplayWindow
{
    /// <summary>How far behind the greatest counter one may be and still be taken.</summary>
    public const int Places = 2048;

    private readonly ulong[] seen = new ulong[Places / 64];
    private ulong greatest;

    /// <summary>Takes a counter; false if it was taken before, is 0, or too old to tell.</summary>
    public bool TryTake(ulong counter)
    {
        if (counter == 0 || (counter <= greatest && greatest - counter >= Places))
            return false;
        for (; greatest < counter && counter - greatest < Places; greatest++)
            Clear(greatest + 1);
        if (greatest < counter)
        {
            Array.Clear(seen);
            greatest = counter;
        }

        ref var word = ref seen[counter % Places / 64];
        var bit = 1UL << (int)(counter % 64);
        var isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    private void Clear(ulong counter) => seen[counter % Places / 64] &= ~(1UL << (int)(counter % 64));
}
