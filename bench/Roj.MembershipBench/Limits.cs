namespace Roj.MembershipBench;

/// <summary>What is claimed.</summary>
internal static class Limits
{
    /// <summary>Seconds from the last start until all see all.</summary>
    public const double Met = 3;

    /// <summary>The same by a sweep alone.</summary>
    public const double MetBySweep = 8;

    /// <summary>Seconds from the moment that two networks are joined until they are one cluster.</summary>
    public const double Joined = 5;

    /// <summary>Seconds from SIGKILL until the last knows.</summary>
    public const double Known = 3;

    /// <summary>Bytes that a node sends each second when nothing happens, headers and all.</summary>
    public const double Sent = 1024;

    /// <summary>Memory of an idle node, MiB.</summary>
    public const double Rss = 30;

    /// <summary>Processor time of an idle node, percent of a core.</summary>
    public const double Cpu = 0.3;

    /// <summary>Seconds from SIGCONT until all see it alive again.</summary>
    public const double Back = 2;
}
