namespace Roj.Simulation.Network;

/// <summary>The sizes and patience of the simulated kernels. Linux's usual values where there is one.</summary>
public static class NetworkLimits
{
    /// <summary>The longest datagram: 65,535 less the IPv4 and UDP headers.</summary>
    public const int DatagramBytesMax = 65_507;

    /// <summary>The payload of one packet: 1,500 less the IPv4 and TCP headers.</summary>
    public const int PacketBytes = 1_460;

    /// <summary>Datagrams that wait for a program that is busy or paused (<c>net.core.rmem_default</c>).</summary>
    public const int DatagramBufferBytes = 212_992;

    /// <summary>Streams that wait to be accepted by a program that is busy or paused; further ones try again.</summary>
    public const int AcceptBacklog = 128;

    /// <summary>What the two kernels hold of one direction of a stream together, unless <see cref="SimNetwork.WindowBytes"/> says
    /// otherwise; the rest is <see cref="SimStream.Unsent"/>.</summary>
    public const int StreamWindowBytes = 256 * 1024;

    /// <summary>The most that one read gives a program.</summary>
    public const int SegmentBytesMax = 64 * 1024;

    /// <summary>What waits in a capped interface before datagrams are dropped; streams use half of it.</summary>
    public const int InterfaceQueueBytes = 64 * 1024;

    /// <summary>The first wait before a retransmission (RFC 6298 allows 1 s; Linux takes 200 ms); it doubles.</summary>
    public static TimeSpan RetransmitFirst { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A stream whose bytes get no acknowledgement for so long, or up to a tenth longer, is given up
    /// (<c>TCP_USER_TIMEOUT</c>).</summary>
    public static TimeSpan RetransmitPatience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>An idle end whose other end is gone without a word notices after so long (keep-alive probes).</summary>
    public static TimeSpan KeepAlive { get; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that gets no answer for so long has failed.</summary>
    public static TimeSpan ConnectPatience { get; } = TimeSpan.FromSeconds(10);
}
