namespace Roj.Simulation.Network;

/// <summary>What the network did to packets so far.</summary>
public sealed class NetworkCounts
{
    /// <summary>Datagrams given to the network; a broadcast counts once per machine it is meant for.</summary>
    public long Sent { get; internal set; }

    /// <summary>Datagrams that reached a port somebody listens on.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Datagrams lost to <see cref="LinkConditions.LossPpm"/>.</summary>
    public long Lost { get; internal set; }

    /// <summary>Datagrams that met a blocked link.</summary>
    public long Blocked { get; internal set; }

    /// <summary>Datagrams that arrived twice.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Datagrams held back.</summary>
    public long Reordered { get; internal set; }

    /// <summary>Datagrams with a flipped bit.</summary>
    public long Corrupted { get; internal set; }

    /// <summary>Datagrams that lost their end.</summary>
    public long Truncated { get; internal set; }

    /// <summary>Datagrams dropped because a capped interface's queue was full.</summary>
    public long QueueDrops { get; internal set; }

    /// <summary>Datagrams dropped because a program did not read them in time.</summary>
    public long BufferDrops { get; internal set; }

    /// <summary>Datagrams nobody listened for.</summary>
    public long Unheard { get; internal set; }

    /// <summary>Pieces of streams that had to be sent again.</summary>
    public long Retransmitted { get; internal set; }

    /// <summary>Bytes of streams that were handed to programs.</summary>
    public long StreamBytes { get; internal set; }
}
