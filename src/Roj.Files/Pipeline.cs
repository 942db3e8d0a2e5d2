using Roj.Kernel;

namespace Roj.Files;

/// <summary>How many bytes to have under way on one connection: about as much as it moves in a given time.</summary>
/// <remarks>
/// <para>Too little under way leaves the connection idle while a request travels; too much ties pieces to a slow peer that a faster one
/// could bring, and keeps the last of them waiting. So the depth follows the rate, as TCP's window does: it doubles while a depth of bytes
/// takes less than a quarter of the time aimed at, and is halved when it takes more than four times as much; in between it goes towards
/// that time by a step.</para>
/// <para>No rate is computed and nothing divides: what is compared is the time that one depth took.</para>
/// </remarks>
internal sealed class Pipeline(int bytesMin, int bytesMax, TimeSpan span, int stepBytes)
{
    private int depth;
    private int moved;
    private Instant since;

    /// <summary>Bytes to have under way.</summary>
    public int Depth => Math.Max(bytesMin, depth);

    /// <summary>Something is under way again after nothing was: the time in between says nothing about the connection.</summary>
    public void Begin(Instant now)
    {
        moved = 0;
        since = now;
    }

    /// <summary>Some of what was under way has arrived.</summary>
    public void Moved(Instant now, int bytes)
    {
        moved += bytes;
        if (moved < Depth)
            return;
        var took = now - since;
        if (took < span / 4)
            depth = Math.Min(bytesMax, 2 * Depth);
        else if (took < span)
            depth = Math.Min(bytesMax, Depth + stepBytes);
        else if (took > span * 4)
            depth = Depth / 2;
        else
            depth = Depth - stepBytes;
        Begin(now);
    }
}
