using System.Globalization;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>What must hold at every word of a <see cref="SeatsRun"/>. It counts majorities by itself.</summary>
/// <remarks>It hears what is durable, also where it never leaves: an acceptor that took something and died has taken it.</remarks>
internal sealed class SeatsWatch(SeatsTown town)
{
    private readonly SortedDictionary<(RegisterName Name, Ballot Ballot), Content> proposed = [];
    private readonly SortedDictionary<(RegisterName Name, Ballot Ballot), int> proposers = [];
    private readonly SortedDictionary<(RegisterName Name, Ballot Ballot, ulong Version), SortedSet<NodeId>> votes = [];
    private readonly SortedDictionary<(UInt128 Cluster, RegisterName Name, ulong Version), ChangeId> line = [];
    private readonly SortedDictionary<(UInt128 Cluster, ushort Slot, ulong Version), ReplicaSet> sets = [];
    private readonly SortedDictionary<(UInt128 Cluster, ushort Slot, ulong Version), SortedSet<NodeId>> adopted = [];
    private readonly SortedDictionary<UInt128, SortedSet<NodeId>> pledged = [];
    private readonly SortedDictionary<NodeId, UInt128> clusters = [];
    private readonly SortedDictionary<(NodeId Node, ushort Slot), ulong> versions = [];
    private readonly SortedDictionary<(RegisterName Name, Ballot Ballot), SortedSet<NodeId>> sworn = [];
    private readonly SortedDictionary<(NodeId Node, RegisterName Name), (Ballot Promised, Ballot Taken)> words = [];
    private readonly SortedSet<RegisterName> leases = [];

    public Sights Sights { get; } = new();

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenInvariantException(otherwise);
    }

    public void Hears(Seat seat, AgreementEvent what)
    {
        switch (what)
        {
            case AgreementEvent.Seated(var slot, var set):
                Seated(seat, slot, set);
                break;
            case AgreementEvent.Held(var name, _):
                leases.Add(name);
                Sights.Saw("a lease is held");
                break;
            case AgreementEvent.SetBack:
                Sights.Saw("a disk that was set back is found out");
                Require(seat.WasSetBack, $"{Short(seat)} is told that its disk was set back, which it was not");
                break;
            case AgreementEvent.RosterChanged { IsDone: true }:
                Sights.Saw("an eviction was done");
                break;
        }
    }

    /// <summary>What it knew of other sets it may not have saved.</summary>
    public void Died(Seat seat)
    {
        foreach (var key in versions.Keys.Where(key => key.Node == seat.Id).ToArray())
        {
            versions.Remove(key);
            Forget(seat, key.Slot);
        }
    }

    /// <summary>A change was acknowledged: then a majority has it, and of each version there is one.</summary>
    public void Acknowledged(Seat seat, ushort slot, RegisterName which, ulong version, ChangeId id)
    {
        var name = Full(slot, which);
        Require(
            line.TryGetValue((seat.Registers!.Roster!.Cluster, name, version), out var chosen),
            $"version {version} of {name} is acknowledged, and no majority has taken it");
        Require(chosen == id, $"version {version} of {name} is acknowledged for {id}, and is {chosen}");
    }

    /// <summary>Of each name there is one holder in true time (A3).</summary>
    public void LookAtLeases()
    {
        foreach (var name in leases)
        {
            var holders = town.Up.Where(seat => seat.Registers!.EpochOf(seat.ClockAt(town.Now), name) is not null).ToArray();
            Require(holders.Length < 2, $"A3: {name} is held by {string.Join(" and ", holders.Select(Short))}");
        }
    }

    /// <summary>What an acceptor answers, when it decides on it.</summary>
    public void Answers(Seat seat, AgreementMessage message)
    {
        switch (message)
        {
            case AgreementMessage.Promise promise:
                Votes(seat, promise);
                Word(seat, Full(promise), promise.Ballot, null);
                break;
            case AgreementMessage.Accepted accepted:
                Votes(seat, accepted);
                Word(seat, Full(accepted), accepted.Next > accepted.Ballot ? accepted.Next : accepted.Ballot, accepted.Ballot);
                break;
            case AgreementMessage.Renewed { IsYours: true } renewed:
                Votes(seat, renewed);
                Renewed(seat, renewed);
                break;
        }
    }

    /// <summary>What is durable, and may leave.</summary>
    public void Says(Seat seat, AgreementMessage message)
    {
        switch (message)
        {
            case AgreementMessage.Prepare prepare:
                Uses(seat, Full(prepare), prepare.Ballot);
                break;
            case AgreementMessage.Accept accept:
                if (accept.Ballot.Node == seat.Id && accept.Ballot.Boot == seat.Boot) // else it repairs
                    Uses(seat, Full(accept), accept.Ballot);
                if (!proposed.TryAdd((Full(accept), accept.Ballot), accept.Content))
                    Require(
                        IsSame(proposed[(Full(accept), accept.Ballot)], accept.Content),
                        $"A1: two contents of {accept.Name} at {accept.Ballot}");
                break;
            case AgreementMessage.Accepted accepted when !SeatsRun.IsGone(accepted.Name):
                Took(seat, accepted, accepted.Ballot);
                break;
            case AgreementMessage.Promise promise when !SeatsRun.IsGone(promise.Name):
                Took(seat, promise, promise.Taken); // under an earlier set, and has it under this one
                break;
            case AgreementMessage.Told told when !SeatsRun.IsGone(told.Name):
                Took(seat, told, told.Taken);
                break;
            case AgreementMessage.Raised raised:
                Among(sworn, (Full(raised), raised.Ballot)).Add(seat.Id);
                break;
            case AgreementMessage.Forget forget:
                Sights.Saw("a register is forgotten");
                Require(
                    SetOf(seat, forget.Slot, forget.Version)?.All.All(Among(sworn, (Full(forget), forget.Ballot)).Contains) is true,
                    $"{forget.Name} is forgotten before all have sworn");
                break;
            case AgreementMessage.Adopted said when seat.Registers?.Roster is { } roster:
                foreach (var (key, _) in sets.Where(one => one.Key.Cluster == roster.Cluster
                    && one.Key.Slot == said.Slot && one.Key.Version <= said.Version))
                    Among(adopted, key).Add(seat.Id);
                break;
            case AgreementMessage.List list:
                Lists(seat, list);
                break;
            case AgreementMessage.Pledge pledge:
                Among(pledged, pledge.Set.Cluster).Add(seat.Id);
                break;
        }
    }

    private static string Short(Seat seat) => $"node {seat.Number} in its life {seat.Life}";

    private static SortedSet<NodeId> Among<T>(SortedDictionary<T, SortedSet<NodeId>> all, T key)
        where T : notnull
    {
        if (!all.TryGetValue(key, out var found))
            all.Add(key, found = []);
        return found;
    }

    private static bool IsMajority(IReadOnlyList<NodeId>? of, SortedSet<NodeId> nodes) =>
        of is null || 2 * of.Count(nodes.Contains) > of.Count;

    private static bool IsSame(Content left, Content right) =>
        ReferenceEquals(left, right) || (left.Version == right.Version && left.Lease == right.Lease
            && left.Data.HasValue == right.Data.HasValue
            && left.Data.GetValueOrDefault().Span.SequenceEqual(right.Data.GetValueOrDefault().Span)
            && left.Changes.SequenceEqual(right.Changes));

    private ReplicaSet? SetOf(Seat seat, ushort slot, ulong version) =>
        seat.Registers?.Roster is { } roster && sets.TryGetValue((roster.Cluster, slot, version), out var set) ? set : null;

    // Registers of one name in two slots are two.
    private static RegisterName Full(ushort slot, RegisterName name) =>
        slot == 0 ? name : RegisterName.Of(string.Create(CultureInfo.InvariantCulture, $"{slot}:{name}"));

    private static RegisterName Full(AgreementMessage.OfRegister message) => Full(message.Slot, message.Name);

    // Rule 1: what was used in one life is used in no other, and by nobody else.
    private void Uses(Seat seat, RegisterName name, Ballot ballot)
    {
        Require(ballot.Node == seat.Id, $"{Short(seat)} uses another's attempt {ballot}");
        if (!proposers.TryAdd((name, ballot), seat.Life))
            Require(proposers[(name, ballot)] == seat.Life, $"{Short(seat)} uses {ballot} of {name}, as another life of it did");
    }

    private void Votes(Seat seat, AgreementMessage.OfRegister vote)
    {
        Require(!seat.WasSetBack, $"{Short(seat)} votes, though its disk was set back: {vote.GetType().Name}");
        var adoptedIts = versions.GetValueOrDefault((seat.Id, vote.Slot));
        Require(
            vote.Version >= adoptedIts,
            $"A6: {Short(seat)} answers for set {vote.Version} of slot {vote.Slot} and has adopted {adoptedIts}");
        Require(
            vote.Slot == 0 || SetOf(seat, vote.Slot, vote.Version)?.Has(seat.Id) is true,
            $"A6: {Short(seat)} answers for set {vote.Version} of slot {vote.Slot}, and is not in it");
    }

    private void Word(Seat seat, RegisterName name, Ballot promised, Ballot? taken)
    {
        var before = words.GetValueOrDefault((seat.Id, name));
        words[(seat.Id, name)] = (promised > before.Promised ? promised : before.Promised, taken ?? before.Taken);
    }

    // What a majority has taken is chosen: each of its changes made its version, for ever.
    private void Took(Seat seat, AgreementMessage.OfRegister message, Ballot ballot)
    {
        var name = Full(message);
        if (!proposed.TryGetValue((name, ballot), out var content) || SetOf(seat, message.Slot, message.Version) is not { } set)
            return;
        var voters = Among(votes, (name, ballot, message.Version));
        if (!voters.Add(seat.Id) || !IsMajority(set.Members, voters) || !IsMajority(set.Next, voters))
            return;
        for (var i = 0; i < content.Changes.Count; i++)
        {
            var version = content.Version - (ulong)(content.Changes.Count - 1 - i);
            line.TryAdd((set.Cluster, name, version), content.Changes[i]);
            var chosen = line[(set.Cluster, name, version)];
            Require(chosen == content.Changes[i], $"A1: version {version} of {name} was {chosen} and is {content.Changes[i]}");
        }
    }

    private void Renewed(Seat seat, AgreementMessage.Renewed renewed)
    {
        Sights.Saw("a lease is renewed");
        var (promised, taken) = words.GetValueOrDefault((seat.Id, Full(renewed)));
        Require(
            promised == taken || promised.Node == renewed.Ballot.Node,
            $"{Short(seat)} renews {renewed.Name} for {renewed.Ballot}, and has promised {promised}");
    }

    // Whoever copies has a majority behind him that takes nothing of the set before any more.
    private void Lists(Seat seat, AgreementMessage.List list)
    {
        if (SetOf(seat, list.Slot, list.Version) is not { Next: { } next } set)
            return;
        var having = Among(adopted, (set.Cluster, list.Slot, set.Version));
        Require(
            IsMajority(set.Members, having) && IsMajority(next, having),
            $"{Short(seat)} copies to set {set.Version} before enough have adopted it");
    }

    private void Seated(Seat seat, ushort slot, ReplicaSet set)
    {
        var what = slot == 0 ? "set" : "slot's set";
        Sights.Saw(set.Next is null ? $"a {what} is seated" : $"a {what} of two is seated");
        if (sets.TryAdd((set.Cluster, slot, set.Version), set) && slot == 0 && set.Version == 1 && set.Members.Contains(seat.Id))
        {
            var having = Among(pledged, set.Cluster);
            Require(
                set.Members.All(member => member == seat.Id || having.Contains(member)),
                $"a cluster begins at {Short(seat)} without all of its first members: {set}");
        }

        var known = sets[(set.Cluster, slot, set.Version)];
        Require(known.ToString() == set.ToString(), $"two sets of one version of slot {slot}: {known}, {set}");
        // What it took before a set of two that it has missed it forgets as well.
        var hasMissed = versions.TryGetValue((seat.Id, slot), out var before)
            && set.Version - before > (sets.GetValueOrDefault((set.Cluster, slot, before))?.Next is null ? 1UL : 2UL);
        versions[(seat.Id, slot)] = set.Version;
        foreach (var node in set.Members.Where(_ => set.Version == 1).Append(seat.Id))
        {
            Require(
                clusters.TryAdd(node, set.Cluster) || clusters[node] == set.Cluster,
                $"{Short(seat)} has a node of two clusters: {set}");
        }

        if (hasMissed || !set.Members.Contains(seat.Id))
            Forget(seat, slot); // who is no member forgets, and has it copied to him
    }

    private void Forget(Seat seat, ushort slot)
    {
        var prefix = slot == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{slot}:");
        bool IsOfIt(RegisterName name) => name.ToText().StartsWith(prefix, StringComparison.Ordinal);
        foreach (var key in words.Keys.Where(key => key.Node == seat.Id && IsOfIt(key.Name)).ToArray())
            words.Remove(key);
    }
}
