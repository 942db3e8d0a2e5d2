using System.Globalization;
using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Where it is written who accepts for which slot: the system's own registers in <c>roster</c>, a slot of the store in
/// <c>placement/</c> and its number.</summary>
public static class Placement
{
    /// <summary>Slots of the store: 1 to this.</summary>
    public const int SlotsMax = 256;

    /// <summary>The register that holds the replica set of the system's registers: its own among them.</summary>
    public static RegisterName Roster { get; } = RegisterName.Of("roster");

    /// <summary>The register that holds a slot's replica set. It is in slot 0 itself.</summary>
    public static RegisterName NameOf(ushort slot) =>
        slot == 0 ? Roster : RegisterName.Of("placement/" + slot.ToString(CultureInfo.InvariantCulture));

    /// <summary>How many replicas a slot has.</summary>
    /// <param name="nodes">Of how many nodes.</param>
    /// <param name="wanted">How many it would have if there were enough.</param>
    /// <remarks>An odd number, for one more bears no more failures; but two where there are but two, that one disk may be lost.</remarks>
    public static int CopiesOf(int nodes, int wanted)
    {
        var most = Math.Min(Math.Min(nodes, wanted), ReplicaSet.MembersMax);
        return most is 2 || most % 2 == 1 ? most : Math.Max(most - 1, 0);
    }

    /// <summary>Who has a slot first, until it is moved: each of these has about as many slots as the others, and is first in as
    /// many.</summary>
    /// <param name="slot">The slot, 1 to <see cref="SlotsMax"/>.</param>
    /// <param name="nodes">The members of the roster, in any order.</param>
    /// <param name="wanted">How many replicas a slot has if there are enough nodes.</param>
    public static IReadOnlyList<NodeId> FirstOf(ushort slot, IReadOnlyList<NodeId> nodes, int wanted)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        NodeId[] left = [.. nodes.Order()];
        List<NodeId> members = [];
        // Each is counted from the one before, so that all are alike.
        for (var turn = slot - 1; members.Count < CopiesOf(nodes.Count, wanted); turn /= left.Length + 1)
        {
            var next = turn % left.Length;
            members.Add(left[next]);
            left = [.. left[(next + 1)..], .. left[..next]];
        }

        return members;
    }

    /// <summary>The replica set that is written in a register; null if it can't be read.</summary>
    public static ReplicaSet? SetOf(Content content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var reader = new ByteReader((content.Data ?? default).Span);
        return StateCodec.TryReadSet(ref reader, out var set) && reader.Rest.IsEmpty ? set : null;
    }

    /// <summary>A replica set as it is written.</summary>
    internal static byte[] DataOf(ReplicaSet set)
    {
        var data = new byte[StateCodec.Size(set)];
        var writer = new ByteWriter(data);
        StateCodec.Write(ref writer, set);
        return data;
    }
}
