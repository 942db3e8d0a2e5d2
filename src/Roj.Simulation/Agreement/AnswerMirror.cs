using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Log;

namespace Roj.Simulation.Agreement;

/// <summary>What acceptors have said: their disks must know it when they start again (A2).</summary>
internal sealed class AnswerMirror
{
    private readonly SortedDictionary<(NodeId Node, ushort Slot, RegisterName Name), Word> said = [];

    public void Said(AgreementMember member, AgreementMessage.OfRegister vote)
    {
        var key = (member.Identity, vote.Slot, vote.Name);
        // Under a newer set it may have forgotten what it said under the one before: it was no member between.
        var before = said.GetValueOrDefault(key) is { } known && known.Version == vote.Version
            ? known
            : new Word(vote.Version, Ballot.None, Ballot.None);
        var (promised, accepted) = vote switch
        {
            AgreementMessage.Accepted one => (one.Next > one.Ballot ? one.Next : one.Ballot, one.Ballot),
            _ => (vote.Ballot, Ballot.None),
        };
        said[key] = new Word(
            vote.Version,
            promised > before.Promised ? promised : before.Promised,
            accepted > before.Accepted ? accepted : before.Accepted);
    }

    /// <summary>A node is no more.</summary>
    public void Forget(NodeId node)
    {
        foreach (var key in said.Keys.Where(key => key.Node == node).ToArray())
            said.Remove(key);
    }

    /// <summary>What a node has said that its disk does not know; null if there is nothing.</summary>
    public string? Breach(AgreementMember member, DurableLog log)
    {
        foreach (var ((node, slot, name), what) in said)
        {
            if (node != member.Identity)
                continue;
            switch (log.Find((byte[])[(byte)'r', (byte)(slot >> 8), (byte)slot, .. name.Bytes], out var kept))
            {
                case LogFinding.Found:
                    var reader = new ByteReader(kept.Span);
                    var (promised, accepted) = (ReadBallot(ref reader), ReadBallot(ref reader));
                    if ((promised < what.Promised || accepted < what.Accepted) && !MayBeForgotten(log, slot, what))
                        return $"has {name} at {promised}, {accepted} on its disk and had said {what.Promised}, {what.Accepted}";
                    break;
                case LogFinding.Absent when !MayBeForgotten(log, slot, what):
                    return $"has nothing of {name} on its disk and had said {what.Promised}, {what.Accepted}";
            }
        }

        return null;
    }

    // It forgets what was deleted, below the floor, and everything when it is no member of a newer set.
    private static bool MayBeForgotten(DurableLog log, ushort slot, Word what)
    {
        var finding = log.Find([(byte)'s', (byte)(slot >> 8), (byte)slot], out var kept);
        if (finding is not LogFinding.Found)
            return finding is LogFinding.Damaged; // it can't be read now
        var reader = new ByteReader(kept.Span);
        reader.Take(16);
        var version = reader.UInt64();
        for (var sets = 0; sets < 2; sets++)
            reader.Take(reader.Byte() * NodeId.Length);
        return version > what.Version || ReadBallot(ref reader) >= what.Accepted;
    }

    private static Ballot ReadBallot(ref ByteReader reader) =>
        new(reader.UInt64(), new NodeId(reader.UInt128()), reader.UInt32());

    private sealed record Word(ulong Version, Ballot Promised, Ballot Accepted);
}
