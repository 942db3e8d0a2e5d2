using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Who has left for good, or was evicted: it is written where all can read it, so that slots are never taken from who is merely
/// away. Who comes back after all takes himself off the list.</summary>
internal sealed class Departures(NodeId self)
{
    /// <summary>The register that they are written in, 16 bytes each.</summary>
    public static readonly RegisterName Register = RegisterName.Of("departed");

    private readonly Queue<NodeId> toWrite = [];
    private readonly SortedSet<NodeId> gone = [];
    private bool isUnderWay;
    private bool isWanted = true; // at the start, for this node's own sake
    private bool isBack;
    private RegisterChange? change;

    /// <summary>Who is, as it was last read.</summary>
    public IReadOnlyCollection<NodeId> Gone => gone;

    /// <summary>Whether that was read since <see cref="Forget"/>.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>A node has given its seat up, or was evicted.</summary>
    public void Write(NodeId node) => toWrite.Enqueue(node);

    /// <summary>It is to be read again.</summary>
    public void Read() => isWanted = true;

    /// <summary>What was read is too old to be relied on.</summary>
    public void Forget() => IsKnown = false;

    /// <summary>Takes out what is to be asked: a change, or a reading, which is null. False if nothing is, or not yet.</summary>
    public bool TryTakeWanted(out RegisterChange? wanted)
    {
        wanted = change;
        if (isUnderWay || (change is null && toWrite.Count == 0 && !isWanted))
            return false;
        if (change is null && toWrite.TryPeek(out var node))
            change = wanted = new RegisterChange.Append(BytesOf([node]));
        isWanted &= wanted is not null;
        return isUnderWay = true;
    }

    /// <summary>What was asked has ended. What could not be written is written again.</summary>
    public void Ended(Outcome outcome)
    {
        isUnderWay = false;
        if (outcome.Refusal is Refusal.ConditionFailed)
            (change, isWanted) = (null, true); // another has left meanwhile
        if (outcome is not { Applied: Applied.Yes, Content: { } content })
        {
            isWanted |= !isBack;
            return;
        }

        if (change is RegisterChange.Append)
            toWrite.Dequeue();
        change = null;
        gone.Clear();
        var reader = new ByteReader((content.Data ?? default).Span);
        while (reader.Rest.Length >= NodeId.Length)
            gone.Add(new NodeId(reader.UInt128()));
        IsKnown = true;
        // Only at the start: who is leaving is on the list while he still speaks.
        if (!isBack && gone.Remove(self))
            change = new RegisterChange.Set(BytesOf(gone)) { Condition = Condition.At(content.Version) };
        else
            isBack = true;
    }

    private static byte[] BytesOf(SortedSet<NodeId> nodes)
    {
        var bytes = new byte[nodes.Count * NodeId.Length];
        var writer = new ByteWriter(bytes);
        foreach (var node in nodes)
            writer.UInt128(node.Value);
        return bytes;
    }
}
