using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Log;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Agreement;

/// <summary>What must hold at every step of a run, and what was seen in it.</summary>
/// <remarks>It hears every word that leaves a machine; what a node says to itself it does not hear, and need not: the same is said to the
/// others.</remarks>
internal sealed class AgreementWatch(World world)
{
    private readonly SortedDictionary<(RegisterName Name, Ballot Ballot), Content> proposed = [];
    private readonly SortedDictionary<(NodeId Node, RegisterName Name), Ballot> prepared = [];
    private readonly SortedDictionary<NodeId, UInt128> clusters = [];
    private readonly SortedDictionary<NodeId, uint> votedIn = [];
    private readonly SortedSet<(NodeId Sender, uint Boot, ulong Number)> forwards = [];
    private readonly SortedDictionary<ulong, NodeId> stewards = []; // who copied last, of each version
    private readonly SortedDictionary<(NodeId Witness, NodeId Node), uint> remembering = [];
    private readonly SortedSet<RegisterName> forgotten = [];
    private readonly SortedSet<Ballot> raised = [];
    private readonly SortedSet<(ushort Slot, ulong Version, RegisterName Name, Ballot Ballot, NodeId By)> sworn = [];
    private readonly AnswerMirror mirror = new();
    private readonly LeaseWatch leases = new(world);

    public Sights Sights { get; } = new();

    /// <summary>The greatest replica set of the roster that somebody has adopted.</summary>
    public ReplicaSet? Newest { get; private set; }

    public string? Breach() => leases.Breach();

    public void Saw(string what) => Sights.Saw(what);

    /// <summary>In which of its lives a node has voted last; 0 if in none.</summary>
    public uint VotedIn(NodeId node) => votedIn.GetValueOrDefault(node);

    /// <summary>Whether a node would tell another that it was started more often than so.</summary>
    public bool Remembers(NodeId witness, NodeId node, uint boot) => remembering.GetValueOrDefault((witness, node)) > boot;

    /// <summary>Whether a request comes for the first time.</summary>
    public bool IsFirst(NodeId sender, uint boot, ulong number) => forwards.Add((sender, boot, number));

    public void Started(AgreementMember member, DurableLog log)
    {
        if (!member.WasSetBack && mirror.Breach(member, log) is { } breach)
            throw new BrokenInvariantException($"A2: {member.Name} {breach}");
    }

    public void Stopped(AgreementMember member) => leases.Stopped(member);

    public void Retired(AgreementMember member) => mirror.Forget(member.Identity);

    /// <summary>After each input.</summary>
    public void Look(AgreementMember member) => leases.Look(member, world.Machines);

    public void Hears(AgreementMember member, AgreementEvent what)
    {
        switch (what)
        {
            case AgreementEvent.Seated(0, var set):
                Seated(member, set);
                break;
            case AgreementEvent.Held(var name, var epoch):
                leases.Held(member, name, epoch, world.Machines, Sights);
                break;
            case AgreementEvent.Lapsed(var name, var epoch):
                leases.Lapsed(member, name, epoch);
                break;
            case AgreementEvent.SetBack:
                Saw("a disk that was set back is found out");
                Require(member.WasSetBack, $"{member.Name} is told that its disk was set back, which it was not");
                break;
            case AgreementEvent.RosterChanged changed:
                Saw(changed.IsDone ? "an eviction was done" : "an eviction was not done");
                break;
            case AgreementEvent.ExpectationsDiffer:
                Saw("expectations differ");
                break;
            case AgreementEvent.ForeignCluster:
                Saw("somebody of another cluster");
                break;
            case AgreementEvent.Damaged:
                Saw("a disk does not give back what was saved"); // readings fail now and then
                break;
        }
    }

    public void Says(AgreementMember member, NodeId to, AgreementMessage message)
    {
        switch (message)
        {
            case AgreementMessage.Prepare prepare:
                Require(IsOwn(member, prepare.Ballot), $"{member.Name} prepares another's attempt {prepare.Ballot}");
                prepared[(member.Identity, prepare.Name)] = prepare.Ballot;
                break;
            case AgreementMessage.Accept accept:
                SaysAccept(member, accept);
                break;
            case AgreementMessage.Promise or AgreementMessage.Accepted:
                Votes(member, (AgreementMessage.OfRegister)message);
                break;
            case AgreementMessage.Refused refused:
                Saw(refused.Wait > TimeSpan.Zero ? "a guard keeps somebody away"
                    : raised.Contains(refused.Promised) ? "a floor keeps somebody away"
                    : "somebody was first");
                break;
            case AgreementMessage.Renewed { IsYours: var isYours }:
                Saw(isYours ? "a lease is renewed" : "a lease is not renewed");
                break;
            case AgreementMessage.List list:
                if (stewards.TryGetValue(list.Version, out var other) && other != member.Identity)
                    Saw("another steward goes on");
                stewards[list.Version] = member.Identity;
                break;
            case AgreementMessage.Remembered remembered:
                remembering[(member.Identity, to)] = remembered.Boot;
                break;
            case AgreementMessage.Raise raise:
                raised.Add(raise.Ballot);
                break;
            case AgreementMessage.Raised(var slot, var version, var name, var ballot):
                sworn.Add((slot, version, name, ballot, member.Identity));
                break;
            case AgreementMessage.Forget forget:
                Saw("a register is forgotten");
                forgotten.Add(forget.Name);
                Forgets(member, forget);
                break;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenInvariantException(otherwise);
    }

    private static bool IsOwn(AgreementMember member, Ballot ballot) => ballot.Node == member.Identity;

    private void SaysAccept(AgreementMember member, AgreementMessage.Accept accept)
    {
        var (name, ballot, content) = (accept.Name, accept.Ballot, accept.Content);
        if (proposed.TryAdd((name, ballot), content))
        {
            if (IsOwn(member, ballot) && prepared.GetValueOrDefault((member.Identity, name)) != ballot)
                Saw("a change takes one round trip");
            if (forgotten.Remove(name))
                Saw("what was forgotten comes back");
        }
        else
        {
            Require(
                IsSame(proposed[(name, ballot)], content),
                $"A1: {member.Name} asks that {name} at {ballot} be version {content.Version}, which was another thing");
        }

        if (!IsOwn(member, ballot))
            Saw("somebody repairs");
        if (Newest is { Next: not null } set && set.Version == accept.Version)
            Saw("two majorities are asked");
    }

    // From who has not sworn, what was deleted may come back: too seldom within a run for clients to see it, so the rule itself is watched.
    private void Forgets(AgreementMember member, AgreementMessage.Forget forget)
    {
        var (slot, version, name, ballot) = forget;
        if (member.Registers?.SetOf(slot) is not { } set || set.Version != version)
            return; // of the set that it has left it is not known any more
        foreach (var node in set.All.Where(node => node != member.Identity))
        {
            Require(
                sworn.Contains((slot, version, name, ballot, node)),
                $"K8: {member.Name} has {name} of slot {slot} forgotten at {ballot}, to which {node} has not sworn");
        }
    }

    private void Votes(AgreementMember member, AgreementMessage.OfRegister vote)
    {
        Require(!member.WasSetBack, $"{member.Name} votes, though its disk was set back: {vote}");
        votedIn[member.Identity] = member.Life;
        mirror.Said(member, vote);
    }

    // No node ever belongs to two clusters: neither to two that have begun with it, nor one after the other.
    private void Seated(AgreementMember member, ReplicaSet set)
    {
        if (Newest is null || (set.Cluster == Newest.Cluster && set.Version > Newest.Version))
            Newest = set;
        if (set is { Version: 1, Members.Count: 1 })
            return; // who is alone is told before it is on the disk: it may be forgotten, and nobody else has heard of it
        foreach (var node in set.Members.Where(one => set.Version == 1 || one == member.Identity).Append(member.Identity))
        {
            Require(
                clusters.TryAdd(node, set.Cluster) || clusters[node] == set.Cluster,
                $"{node} belongs to two clusters, as {member.Name} has it: {set}");
        }

        Saw(set.Next is null ? "a set is seated" : "a set of two is seated");
    }

    private static bool IsSame(Content left, Content right) =>
        ReferenceEquals(left, right) || (left.Version == right.Version && left.Lease == right.Lease
            && left.Data.HasValue == right.Data.HasValue
            && left.Data.GetValueOrDefault().Span.SequenceEqual(right.Data.GetValueOrDefault().Span)
            && left.Fences.SequenceEqual(right.Fences) && left.Changes.SequenceEqual(right.Changes));
}
