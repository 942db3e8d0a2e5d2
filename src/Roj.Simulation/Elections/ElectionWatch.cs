using System.Collections.Immutable;
using Roj.Election;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Elections;

/// <summary>What must hold at every step of a run, and what was seen in it.</summary>
internal sealed class ElectionWatch(ElectionTown town)
{
    private readonly SortedDictionary<Term, int> begun = [];
    private readonly SortedDictionary<ulong, Term> written = []; // by version of the register
    private readonly SortedDictionary<int, Record> records = [];
    private int? returns;
    private bool isQuiet;

    public Sights Sights { get; } = new();

    /// <summary>The greatest leadership that there was.</summary>
    public Term Greatest => begun.Count == 0 ? Term.None : begun.Keys.Last();

    /// <summary>Whether some disk has not kept a term: who led in it may lead in it again, with colours that are older.</summary>
    public bool IsForgetful => records.Values.Any(record => record.IsForgetful);

    /// <summary>From now on nothing goes wrong, and nobody else may come to lead.</summary>
    public void BeQuiet() => isQuiet = true;

    /// <summary>Who is away for a while, and heeds nobody then.</summary>
    public void Excuse(ElectionNode node) => returns = node.Index;

    /// <summary>A life begins with the term that the one before has kept.</summary>
    public void Started(ElectionNode node, Term kept)
    {
        var record = Of(node);
        Require(
            kept >= (record.IsForgetful ? record.Kept : record.HeardOf),
            $"E2: {node.Name} starts with term {kept}, though it has heard of {record.HeardOf} and kept {record.Kept}");
        records[node.Index] = new Record { Kept = record.Kept, HeardOf = kept, IsForgetful = record.IsForgetful };
    }

    public void Kept(ElectionNode node, Term term, bool isDurable)
    {
        var record = Of(node);
        if (isDurable)
            record.Kept = term > record.Kept ? term : record.Kept;
        else
            record.IsForgetful = true; // the user is warned
    }

    /// <summary>The node hears of a leadership by its leader's own word.</summary>
    public void Hears(ElectionNode node, Term term)
    {
        var record = Of(node);
        record.HeardOf = term > record.HeardOf ? term : record.HeardOf;
    }

    /// <summary>The node's program goes on: perhaps after it stood still.</summary>
    public void Wakes(ElectionNode node, Instant now)
    {
        var record = Of(node);
        if (record.AwakeAt is { } before && now - before > town.Setup.StandstillMax + town.Setup.Heartbeat
            && node.Part is { HasOthers: true, Election.Standing: Standing.Leading(var term) } && !town.Setup.IsQuorum)
        {
            Sights.Saw("a leader stood still");
            record.SleptUnder = term;
        }

        record.AwakeAt = now;
    }

    /// <summary>A leader does something.</summary>
    public void Issues(ElectionNode node, Term term)
    {
        Sights.Saw("a command is given");
        Require(Of(node).SleptUnder != term, $"E8: {node.Name} goes on in term {term}, though it stood still");
        Require(
            !town.Setup.IsQuorum || node.Epoch == term.Counter,
            $"E8: {node.Name} goes on in term {term}, though its lease is {node.Epoch?.ToString(null, null) ?? "over"}");
    }

    /// <summary>A leader tells the ring something.</summary>
    public void Speaks(ElectionNode node, Term term) =>
        Require(Of(node).SleptUnder != term, $"E8: {node.Name} goes on telling the ring in term {term}, though it stood still");

    /// <summary>The node takes what a leader tells the ring.</summary>
    public void Heeds(ElectionNode node, Term term)
    {
        var record = Of(node);
        Require(term >= record.HeardOf, $"E4: {node.Name} takes what is of term {term}, though it has heard of {record.HeardOf}");
        record.HeardOf = term;
    }

    /// <summary>A command of a leader is heeded.</summary>
    public void Accepts(ElectionNode node, Term term)
    {
        Sights.Saw("a command is heeded");
        Require(term >= Of(node).HeardOf, $"E4: {node.Name} heeds a command of term {term}, though it has heard of {Of(node).HeardOf}");
    }

    /// <summary>A command stands in the register.</summary>
    public void Written(ulong version, Term term)
    {
        Sights.Saw("a command is written");
        written.TryAdd(version, term);
    }

    public void Tells(ElectionNode node, ElectionEvent what)
    {
        town.World.Trace.Add(node.Machine, "election.event", what.ToString()!);
        switch (what)
        {
            case ElectionEvent.Leads(var term):
                Leads(node, term);
                break;
            case ElectionEvent.LeadsNoMore:
                Sights.Saw("a leader leads no more");
                Require(!isQuiet, $"E7: {node.Name} leads no more, though all was quiet: {what}");
                break;
            case ElectionEvent.LeaderChanged(var term, _):
                Changed(node, term, what);
                break;
            case ElectionEvent.Coloured(var colouring):
                Coloured(node, colouring);
                break;
        }
    }

    /// <summary>What broke over the whole of the run; null if nothing did.</summary>
    public string? Breach()
    {
        var last = Term.None;
        foreach (var (version, term) in written)
        {
            if (term < last)
                return $"E4: a command of term {term} stands behind one of {last}, as version {version}";
            last = term;
        }

        return null;
    }

    /// <summary>C1.</summary>
    public static void RequireRight(ElectionNode node, Colouring now)
    {
        var colours = now.Colours;
        var (greens, reds) = (colours.Values.Count(one => one is Colour.Green), colours.Values.Count(one => one is Colour.Red));
        Require(
            greens + reds == colours.Count && greens == (colours.Count + 2) / 3 && now.Of(now.Term.Leader) is Colour.Green,
            $"C1: {node.Name} takes {now}: {greens} green, {reds} red, the leader {now.Of(now.Term.Leader)}");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenInvariantException(otherwise);
    }

    private Record Of(ElectionNode node) =>
        records.TryGetValue(node.Index, out var record) ? record : records[node.Index] = new Record();

    private void Leads(ElectionNode node, Term term)
    {
        var record = Of(node);
        Require(term.Leader == node.Identity, $"E1: {node.Name} leads in another's term {term}");
        Require(!isQuiet, $"E7: {node.Name} leads, though another did and all was quiet");
        Require(begun.TryAdd(term, node.Index) || record.IsForgetful, $"E1: {node.Name} leads a second time in term {term}");
        Sights.Saw(town.Setup.IsQuorum ? "somebody leads, by a majority" : "somebody leads");
        if (!town.Setup.IsQuorum)
            return;
        foreach (var other in town.Nodes)
        {
            Require(
                other == node || other.Epoch is null || other.Part?.Election.Standing is not Standing.Leading,
                $"E3: {node.Name} leads in term {term}, and {other.Name} too, whose lease is not over");
        }
    }

    private void Changed(ElectionNode node, Term? now, ElectionEvent what)
    {
        Require(!isQuiet || returns == node.Index, $"E7: {node.Name} heeds another, though all was quiet: {what}");
        if (now is not { } term)
            return;
        var record = Of(node);
        Require(term >= record.HeardOf, $"E2: {node.Name} goes to term {term}, though it has heard of {record.HeardOf}");
        Require(
            term.Leader == node.Identity || begun.ContainsKey(term), $"E1: {node.Name} heeds term {term}, in which nobody leads");
        record.HeardOf = term;
    }

    private void Coloured(ElectionNode node, Colouring now)
    {
        RequireRight(node, now);
        var record = Of(node);
        var before = record.Colouring;
        Require(
            before is null || (now.Term, now.Version).CompareTo((before.Term, before.Version)) > 0,
            $"C2: {node.Name} goes from the colours {before} to {now}");
        if (before is not null && now.Term.Leader == node.Identity)
            RequireFew(node, before, now);
        record.Colouring = now;
        Sights.Saw("nodes are coloured");
    }

    // C4: for each that came or went, and for another leader, at most two of those that stay change their colour.
    private void RequireFew(ElectionNode node, Colouring before, Colouring now)
    {
        var (old, young) = (before.Colours, now.Colours);
        var moves = old.Keys.Count(one => !young.ContainsKey(one)) + young.Keys.Count(one => !old.ContainsKey(one))
            + (before.Term.Leader == now.Term.Leader ? 0 : 1);
        var repainted = Repainted(old, now);
        if (repainted > 0)
            Sights.Saw("one that stays is repainted");
        Require(repainted <= 2 * moves, $"C4: {node.Name} repaints {repainted} for {moves} that came or went, from {before} to {now}");
        // Whoever says what he plays counts as painted so before: another leader's node, where two sides meet.
        var said = node.Part!.Here.Where(peer => peer.Colour is not Colour.None && !old.ContainsKey(peer.Node));
        var all = old.AddRange(said.Select(peer => KeyValuePair.Create(peer.Node, peer.Colour)));
        var needed = Needed(all, now);
        repainted = Repainted(all, now);
        Require(repainted <= needed, $"C4: {node.Name} repaints {repainted}, where {needed} would do, from {before} to {now}");
    }

    private static int Repainted(ImmutableSortedDictionary<NodeId, Colour> old, Colouring now) =>
        old.Count(one => now.Colours.TryGetValue(one.Key, out var colour) && colour != one.Value);

    // How many of those that stay must change their colour at least, so that a third is green, the leader among them.
    private static int Needed(ImmutableSortedDictionary<NodeId, Colour> old, Colouring now)
    {
        var (leader, all) = (now.Term.Leader, now.Colours.Keys.ToArray());
        var (stay, third) = (all.Where(old.ContainsKey).ToArray(), (all.Length + 2) / 3);
        var (greens, came) = (stay.Count(one => old[one] is Colour.Green), all.Length - stay.Length);
        if (!old.TryGetValue(leader, out var its))
            return Math.Max(0, Math.Max(greens - (third - 1), third - came - greens));
        var turned = its is Colour.Green ? 0 : 1;
        return turned + Math.Max(0, Math.Max(greens + turned - third, third - came - greens - turned));
    }

    private sealed class Record
    {
        /// <summary>What its disk knows.</summary>
        public Term Kept { get; set; }

        /// <summary>Whether its disk did not keep something.</summary>
        public bool IsForgetful { get; set; }

        /// <summary>The greatest that it has heard of in this life, or kept before.</summary>
        public Term HeardOf { get; set; }

        public Colouring? Colouring { get; set; }

        public Instant? AwakeAt { get; set; }

        /// <summary>In which leadership it stood still for too long.</summary>
        public Term? SleptUnder { get; set; }
    }
}
