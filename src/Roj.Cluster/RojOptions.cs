namespace Roj;

/// <summary>What a node of a cluster is told. Nothing has to be: on one network nodes find each other with nothing configured.</summary>
public sealed class RojOptions
{
    /// <summary>The cluster, a text of 1 to 63 bytes: nodes of another are not seen.</summary>
    public string Cluster { get; set; } = "roj";

    /// <summary>What people call this node, a text of 1 to 63 bytes; null for the machine's name.</summary>
    public string? Name { get; set; }

    /// <summary>Where the node keeps who it is and whom it knew, one node at a time; null to keep nothing: each start is a new node
    /// then, and it has no files.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>The cluster's key, as <c>roj keygen</c> writes it, which goes before <see cref="KeyFile"/>. A secret: not for source code,
    /// or for settings that others can read. With a key only nodes that hold it see each other, and nobody else reads what they
    /// say.</summary>
    public string? Key { get; set; }

    /// <summary>The file that the cluster's key is in, or up to three of them, a line each: the first is spoken, all are heard. Null for
    /// the file <c>key</c> in the <see cref="DataDirectory"/>, if that is there, and else for none: anybody on the network may join
    /// then.</summary>
    public string? KeyFile { get; set; }

    /// <summary>How many nodes make a cluster that agrees by majority, this one among them; 0 to make none, though one may be joined. Then
    /// at most one leads at any moment. It needs a <see cref="DataDirectory"/>: what a node promises must survive it.</summary>
    public int Expect { get; set; }

    /// <summary>Which election nominates the leader; all nodes of a cluster hold the same.</summary>
    public RojElection Election { get; set; }

    /// <summary>How long nobody new must have appeared before a leader is looked for: 0 to 60 s, and the bully waits for 2 s at least. In
    /// whole milliseconds.</summary>
    public TimeSpan ElectionWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long the leader has its lease unless it renews it, where a majority agrees: 100 ms to 60 s. As long nobody leads
    /// after one has died. In whole milliseconds.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Where other nodes are, such as 192.168.7.11 or 192.168.7.11:7071; without a port, <see cref="Port"/> is
    /// meant.</summary>
    public IList<string> Join { get; } = [];

    /// <summary>The network interface to be on, such as eth0; null for the one with the default route, or the only one.</summary>
    public string? Interface { get; set; }

    /// <summary>The own IPv4 address; null for the interface's. On one machine each node takes one of its own: 127.0.0.1, 127.0.0.2,
    /// …</summary>
    public string? Address { get; set; }

    /// <summary>The port between nodes, UDP and TCP, 1 to 65535.</summary>
    public int Port { get; set; } = 7071;

    /// <summary>The TCP port on which files are shared, 1 to 65535; another is taken if it is not free, as members are told. Used with a
    /// <see cref="DataDirectory"/> alone: without one there are no files.</summary>
    public int SwarmPort { get; set; } = 6881;

    /// <summary>Whether to look for others by broadcast.</summary>
    public bool Broadcast { get; set; } = true;

    /// <summary>Whether to try the addresses of the nearest /24 when nobody answers.</summary>
    public bool Sweep { get; set; } = true;

    /// <summary>Whether to talk to public addresses too, though there is no key: who can send to the port can then say anything.</summary>
    public bool AllowPublicAddresses { get; set; }

    /// <summary>Work that goes round the nodes that have it, by the name of its token: 1 to 32 of a-z, 0-9, '-', '_' and '.', at most
    /// 64.</summary>
    public IDictionary<string, IRojTokenWork> Tokens { get; } = new SortedDictionary<string, IRojTokenWork>(StringComparer.Ordinal);

    /// <summary>Free words about this node that every other sees, 16 KiB at most.</summary>
    public IDictionary<string, string> Tags { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}
