namespace Roj.Storage.Resp.Commands;

/// <summary>Times to live, as clients say them.</summary>
internal static class Times
{
    /// <summary>Reads until when a value is to live, more than nothing; or says what is wrong.</summary>
    /// <param name="c">Who speaks.</param>
    /// <param name="index">Which argument it is.</param>
    /// <param name="unit">In what it counts.</param>
    /// <param name="isFromNow">Whether it counts from now, not from 1970.</param>
    /// <param name="end">In milliseconds since 1970 (UTC).</param>
    public static bool TryEnd(Conversation c, int index, Unit unit, bool isFromNow, out long end)
    {
        end = 0;
        if (!c.TryNumber(index, out var time))
            return false;
        if (time > 0 && Fits(c, time, unit, isFromNow, out end))
            return true;
        Refuse(c);
        return false;
    }

    /// <summary>Reads until when a key is to live, which may be over; or says what is wrong.</summary>
    public static bool TryAnyEnd(Conversation c, int index, Unit unit, bool isFromNow, out long end)
    {
        end = 0;
        if (!c.TryNumber(index, out var time))
            return false;
        if (Fits(c, time, unit, isFromNow, out end))
            return true;
        Refuse(c);
        return false;
    }

    private static bool Fits(Conversation c, long time, Unit unit, bool isFromNow, out long end)
    {
        var exact = ((Int128)time * (int)unit) + (isFromNow ? c.Now : 0);
        var fits = exact <= long.MaxValue && exact - (isFromNow ? c.Now : 0) >= long.MinValue;
        end = fits ? (long)Int128.Max(exact, long.MinValue) : 0;
        return fits;
    }

    private static void Refuse(Conversation c) => c.Refuse($"invalid expire time in '{c.CommandName}' command");
}
