using Roj.Agreement;
using Roj.Simulation.Agreement;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>What replicas have on their disks, compared byte by byte: what reading them would mend is not hidden from it (K3).</summary>
internal static class QuorumReplicas
{
    private const int ListedAtOnce = 1024;

    /// <summary>What is not as it must be once all are healed and nothing moves; null if nothing is.</summary>
    public static string? WhatDiffers(QuorumTown town)
    {
        foreach (var part in town.Parts)
        {
            if (!part.IsAble)
                return $"{part.Member.Name} is away";
        }

        for (ushort slot = 1; slot <= town.Setup.Agreement.Slots; slot++)
        {
            var sets = town.Parts.Select(part => part.Member.Registers!.SetOf(slot)).OfType<ReplicaSet>();
            if (sets.MaxBy(set => set.Version) is not { } newest)
                continue;
            if (newest.Next is not null)
                return $"slot {slot} is still being moved: {newest}";
            if (WhatDiffers(town, slot, newest) is { } difference)
                return difference;
        }

        return null;
    }

    /// <summary>Whether each slot has three replicas at least: then one may be lost.</summary>
    public static bool AreSeveral(QuorumTown town)
    {
        for (ushort slot = 1; slot <= town.Setup.Agreement.Slots; slot++)
        {
            foreach (var part in town.Parts)
            {
                if (part.Member.Registers?.SetOf(slot) is { } set && (set.Members.Count < 3 || set.Next?.Count < 3))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether a disk does not give back all that was saved on it.</summary>
    public static bool HasDamage(AgreementMember member)
    {
        for (ushort slot = 1; slot <= member.Slots; slot++)
        {
            if (RecordsOf(member, slot) is null)
                return true;
        }

        return false;
    }

    private static string? WhatDiffers(QuorumTown town, ushort slot, ReplicaSet set)
    {
        (AgreementMember Member, SortedDictionary<RegisterName, byte[]> Records)? first = null;
        AgreementMember[] members = [.. set.Members.Select(town.Agreement.PlaceOf).OfType<AgreementMember>()];
        foreach (var member in members)
        {
            if (RecordsOf(member, slot) is not { } records)
                return $"{member.Name} can't read all of slot {slot}";
            // Where there is nothing, a member hears of a set when it is first asked.
            if (records.Count > 0 && member.Registers!.SetOf(slot)?.Version != set.Version)
                return $"{member.Name} does not know that it has slot {slot}: {set}";
            if (first is not { } one)
            {
                first = (member, records);
                continue;
            }

            SortedSet<RegisterName> names = [.. one.Records.Keys, .. records.Keys];
            foreach (var name in names)
            {
                var (left, right) = (one.Records.GetValueOrDefault(name), records.GetValueOrDefault(name));
                if (left is null || right is null || !left.AsSpan().SequenceEqual(right))
                    return $"K3: {one.Member.Name} has {Of(one.Member)} and {member.Name} {Of(member)} of {name} in slot {slot}, {set}";
                string Of(AgreementMember at) => at.Store!.Find(slot, name, out var state) is Finding.Found
                    ? $"version {state.Content.Version} by {state.Accepted}, promised {state.Promised}"
                    : "nothing";
            }
        }

        return null;
    }

    // What was taken last; what was promised since may differ.
    private static SortedDictionary<RegisterName, byte[]>? RecordsOf(AgreementMember member, ushort slot)
    {
        List<StoredHead> heads = [];
        SortedDictionary<RegisterName, byte[]> records = [];
        var cursor = UInt128.Zero;
        do
        {
            if (member.Store!.List(slot, cursor, ListedAtOnce, heads) is not { } next)
                return null;
            cursor = next;
        }
        while (cursor != UInt128.Zero);
        foreach (var head in heads)
        {
            if (Records.NameOf(slot, head.Key) is not { } name)
                continue;
            if (member.Store!.Find(slot, name, out var state) is not Finding.Found)
                return null;
            if (state.Accepted != Ballot.None)
                records[name] = Records.Save(slot, name, state with { Promised = Ballot.None }).Value!.Value.ToArray();
        }

        return records;
    }
}
