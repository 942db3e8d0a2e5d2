using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Which of some numbered servers have a key, as the seed has it: the server whose number is the key's hash, and those behind
/// it.</summary>
public static class ServerNumbers
{
    /// <summary>Servers at most.</summary>
    public const int ServersMax = 1000;

    /// <summary>The number of a key's first server: CRC-32C of its bytes, modulo the number of servers. Databases make no
    /// difference.</summary>
    /// <param name="name">The key's bytes.</param>
    /// <param name="servers">How many servers there are, 1 to <see cref="ServersMax"/>.</param>
    public static int FirstOf(ReadOnlySpan<byte> name, int servers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(servers, 1);
        return (int)(Crc.Of(name) % (uint)servers);
    }

    /// <summary>The numbers of the servers that have the keys of one first server, in order from there, round at the end.</summary>
    /// <param name="first">Its number.</param>
    /// <param name="servers">How many servers there are.</param>
    /// <param name="copies">How many have a key, if there are as many.</param>
    public static IEnumerable<int> Of(int first, int servers, int copies) =>
        Enumerable.Range(first, Math.Min(copies, servers)).Select(number => number % servers);

    /// <summary>The node that a number stands for.</summary>
    public static NodeId NodeOf(int number) => new((UInt128)(uint)number + 1);

    /// <summary>The number that a node stands for.</summary>
    public static int NumberOf(NodeId node) => (int)(uint)(node.Value - 1);
}
