namespace Roj.Host.Net;

/// <summary>How much memory what is being received may take, all connections together: on the loop only.</summary>
/// <param name="bytesMax">Bytes at most.</param>
internal sealed class ByteBudget(long bytesMax)
{
    private long taken;

    /// <summary>Takes some more; false if there are not as many.</summary>
    public bool TryTake(int bytes)
    {
        if (taken + bytes > bytesMax)
            return false;
        taken += bytes;
        return true;
    }

    /// <summary>Gives back.</summary>
    public void Return(int bytes) => taken -= bytes;
}
