namespace Roj.Storage.Resp.Commands;

/// <summary>What may stand behind SET's value and GETEX's key, in whatever order.</summary>
internal sealed class SetOptions
{
    private int time; // which argument, if any
    private Unit unit;
    private bool isFromNow;

    /// <summary>Of which command.</summary>
    public enum Kind
    {
        /// <summary>SET.</summary>
        Set,

        /// <summary>GETEX.</summary>
        Get,
    }

    /// <summary>NX and XX.</summary>
    public WriteCondition Condition { get; private set; }

    /// <summary>KEEPTTL, EX and its like.</summary>
    public Expiry Expiry { get; private set; }

    /// <summary>GET.</summary>
    public bool ReturnsOld { get; private set; }

    /// <summary>PERSIST.</summary>
    public bool IsForEver { get; private set; }

    /// <summary>Reads them, or says what is wrong.</summary>
    /// <param name="c">Who speaks.</param>
    /// <param name="from">Where they begin.</param>
    /// <param name="kind">Of which command.</param>
    public bool TryRead(Conversation c, int from, Kind kind)
    {
        for (var i = from; i < c.Words.Count; i++)
        {
            if (!(kind is Kind.Set ? TryOfSet(c, i) : TryOfGet(c, i)) && !TryTime(c, ref i))
            {
                c.Refuse("syntax error");
                return false;
            }
        }

        if (time == 0)
            return true;
        if (!Times.TryEnd(c, time, unit, isFromNow, out var end))
            return false;
        Expiry = Expiry.At(end);
        return true;
    }

    private bool TryOfSet(Conversation c, int i)
    {
        if (c.Is(i, "NX"u8) && Condition is not WriteCondition.IfPresent)
            Condition = WriteCondition.IfAbsent;
        else if (c.Is(i, "XX"u8) && Condition is not WriteCondition.IfAbsent)
            Condition = WriteCondition.IfPresent;
        else if (c.Is(i, "GET"u8))
            ReturnsOld = true;
        else if (c.Is(i, "KEEPTTL"u8) && time == 0)
            Expiry = Expiry.Keep;
        else
            return false;
        return true;
    }

    private bool TryOfGet(Conversation c, int i)
    {
        if (!c.Is(i, "PERSIST"u8) || time != 0)
            return false;
        IsForEver = true;
        return true;
    }

    // A kind of time may be said twice, as in Redis; two kinds may not.
    private bool TryTime(Conversation c, ref int i)
    {
        var found = c.Is(i, "EX"u8) ? (Unit.Seconds, true)
            : c.Is(i, "PX"u8) ? (Unit.Milliseconds, true)
            : c.Is(i, "EXAT"u8) ? (Unit.Seconds, false)
            : c.Is(i, "PXAT"u8) ? (Unit.Milliseconds, false)
            : default((Unit Unit, bool IsFromNow)?);
        if (found is not { } kind || i + 1 >= c.Words.Count || Expiry.Keeps || IsForEver || (time != 0 && (unit, isFromNow) != kind))
            return false;
        (unit, isFromNow) = kind;
        time = ++i;
        return true;
    }
}
