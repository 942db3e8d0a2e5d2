using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>What members must never believe or say, checked against the truth at every event and message.</summary>
/// <param name="expectsNoDeaths">Whether nothing is lost, late or stopped, so that nobody who lives may be declared dead (M4), and nobody
/// who left (M6).</param>
public sealed class MemberInvariants(bool expectsNoDeaths)
{
    private readonly SortedDictionary<NodeId, ulong> counters = [];
    private readonly SortedDictionary<NodeId, List<SimMember>> members = [];
    private readonly SortedDictionary<(int Observer, NodeId Of), (ulong Incarnation, MemberState State)> beliefs = [];

    /// <summary>How often a belief or a word was compared with the truth.</summary>
    public long Comparisons { get; private set; }

    /// <summary>How often one observer declared somebody dead who ran.</summary>
    public long FalseDeaths { get; private set; }

    /// <summary>How often one observer declared somebody dead who was stopped at the time: paused, or slow.</summary>
    public long Deaths { get; private set; }

    /// <summary>Whether nobody who lives may be declared dead from now on.</summary>
    public bool ExpectsNoDeaths { get; set; } = expectsNoDeaths;

    /// <summary>Whether words are compared with the truth and beliefs with those before: costs memory for each belief of each
    /// member.</summary>
    public bool RemembersBeliefs { get; init; } = true;

    /// <summary>Called for each change of each belief.</summary>
    public Action<SimMember, MembershipEvent.Changed>? Watch { get; set; }

    internal void Knows(SimMember member)
    {
        if (!members.TryGetValue(member.NodeId, out var clones))
            members.Add(member.NodeId, clones = []);
        clones.Add(member);
    }

    /// <summary>A life begins: what it believes has no past.</summary>
    internal void Born(SimMember member)
    {
        if (!RemembersBeliefs)
            return;
        foreach (var id in members.Keys)
            beliefs.Remove((member.Id, id));
    }

    /// <summary>A member has this incarnation now.</summary>
    internal void Counts(SimMember member, ulong incarnation)
    {
        var counted = counters.GetValueOrDefault(member.NodeId);
        if (incarnation > counted)
            counters[member.NodeId] = incarnation;
    }

    internal void Said(SimMember by, SwimMessage message)
    {
        if (!RemembersBeliefs)
            return;
        RequireTrue(by, message.Sender, message.Incarnation);
        foreach (var rumour in message.News)
            RequireTrue(by, rumour.Id, rumour.Incarnation);
    }

    internal void Said(SimMember by, ExchangeMessage message)
    {
        if (!RemembersBeliefs || message is not ExchangeMessage.Everything(var records, _))
            return;
        foreach (var record in records)
            RequireTrue(by, record.Id, record.Incarnation);
    }

    internal void Happened(SimMember observer, MembershipEvent happened)
    {
        switch (happened)
        {
            case MembershipEvent.Changed changed:
                Watch?.Invoke(observer, changed);
                RequireProgress(observer, changed.Member);
                if (changed.Member.State == MemberState.Dead)
                    RequireDead(observer, changed.Member);
                break;
            case MembershipEvent.Forgotten(var id):
                beliefs.Remove((observer.Id, id));
                break;
        }
    }

    /// <summary>M1: what an observer believes of one never goes backwards in one life.</summary>
    private void RequireProgress(SimMember observer, Member member)
    {
        if (!RemembersBeliefs)
            return;
        Comparisons++;
        var now = (member.Incarnation, member.State);
        if (beliefs.TryGetValue((observer.Id, member.Id), out var before) && now.CompareTo(before) <= 0)
            throw new BrokenInvariantException($"M1: {observer.Name} believed {before} of {Name(member.Id)} and now {now}");
        beliefs[(observer.Id, member.Id)] = now;
    }

    /// <summary>M2: nobody says of another what that has not said itself.</summary>
    private void RequireTrue(SimMember by, NodeId of, ulong incarnation)
    {
        Comparisons++;
        if (incarnation > counters.GetValueOrDefault(of))
            throw new BrokenInvariantException(
                $"M2: {by.Name} speaks of incarnation {incarnation:x} of {Name(of)}, which is at {counters.GetValueOrDefault(of):x}");
    }

    /// <summary>M4 and M6: who lives, or left, is not dead.</summary>
    private void RequireDead(SimMember observer, Member member)
    {
        foreach (var accused in members[member.Id])
        {
            if (member.Incarnation < accused.FirstIncarnation)
                continue; // it was another life
            if (accused.IsHere)
            {
                FalseDeaths += accused.State == MachineState.Up ? 1 : 0;
                Deaths++;
            }

            if (ExpectsNoDeaths && (accused.IsHere || accused.IsLeaving))
            {
                var (invariant, truth) = accused.IsHere ? ("M4", "lives") : ("M6", "left");
                throw new BrokenInvariantException($"{invariant}: {observer.Name} declares {accused.Name} dead, which {truth}");
            }
        }
    }

    private string Name(NodeId id) => members.TryGetValue(id, out var clones) ? clones[0].Name : id.ToString();
}
