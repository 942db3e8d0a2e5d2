namespace Roj.Host.Sharing;

/// <summary>How many sockets all files of a node have together. On the loop.</summary>
/// <param name="max">At most.</param>
/// <param name="dialledMax">From how many on we dial no more.</param>
internal sealed class SocketBudget(int max, int dialledMax)
{
    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is room for a caller.</summary>
    public bool HasRoom => Count < max;

    /// <summary>Whether there is room for a dial of ours.</summary>
    public bool HasRoomToDial => Count < dialledMax;

    /// <summary>So many more, or fewer.</summary>
    public void Change(int by) => Count += by;
}
