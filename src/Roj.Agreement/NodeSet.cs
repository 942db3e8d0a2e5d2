using System.Collections;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>A handful of nodes, each once, in the order in which they came.</summary>
internal sealed class NodeSet : IReadOnlyList<NodeId>
{
    private readonly List<NodeId> nodes = [];

    /// <inheritdoc/>
    public int Count => nodes.Count;

    /// <inheritdoc/>
    public NodeId this[int index] => nodes[index];

    /// <summary>Where a node stands; -1 if it is not there.</summary>
    public int IndexOf(NodeId node)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i] == node)
                return i;
        }

        return -1;
    }

    /// <summary>Adds a node, unless it is there.</summary>
    public void Add(NodeId node)
    {
        if (IndexOf(node) < 0)
            nodes.Add(node);
    }

    /// <summary>Takes a node out, if it is there.</summary>
    public void Remove(NodeId node) => nodes.Remove(node);

    public void Clear() => nodes.Clear();

    /// <inheritdoc/>
    public IEnumerator<NodeId> GetEnumerator() => nodes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
