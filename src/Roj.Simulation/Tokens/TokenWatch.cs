using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Swarms;
using Roj.Token;
using Roj.Token.Wire;

namespace Roj.Simulation.Tokens;

/// <summary>What must hold at every step of a run, and what was seen in it.</summary>
internal sealed class TokenWatch(TokenTown town)
{
    private const int OverheardMax = 100;

    private readonly SortedDictionary<(NodeId Author, ulong Revision, ulong Epoch), TokenStamp> last = [];
    private readonly SortedDictionary<int, Record> records = [];
    private readonly List<(TokenNode From, TokenNode To, TokenFrame Frame)> overheard = [];
    private readonly List<(TokenNode Node, TokenStamp Stamp)> turns = [];
    private (ulong Epoch, ulong Sequence) highest;
    private (TokenNode Writer, TokenStamp Stamp)? written;
    private bool isQuiet;
    private int away = -1;

    public Sights Sights { get; } = new();

    public Work Work { get; } = new();

    /// <summary>Tokens that were given lately, and came.</summary>
    public IReadOnlyList<(TokenNode From, TokenNode To, TokenFrame Frame)> Overheard => overheard;

    /// <summary>All turns that there were since all was quiet, in order.</summary>
    public IReadOnlyList<(TokenNode Node, TokenStamp Stamp)> Turns => turns;

    /// <summary>From now on nothing goes wrong: nobody loses the token, and nothing is dropped.</summary>
    public void BeQuiet()
    {
        isQuiet = true;
        turns.Clear();
    }

    /// <summary>Things go wrong again.</summary>
    public void Stir() => isQuiet = false;

    /// <summary>Who is away in good order.</summary>
    public void Excuse(TokenNode? node) => away = node?.Index ?? -1;

    public void Started(TokenNode node) => records[node.Index] = new Record();

    /// <summary>The node's program goes on: perhaps after it stood still.</summary>
    public void Wakes(TokenNode node, Instant now)
    {
        var (record, part) = (records[node.Index], node.Part);
        // Half a second is the heartbeat.
        if (record.AwakeAt is { } before && now - before > town.Setup.StandstillMax + TimeSpan.FromSeconds(0.5)
            && part is { Here.Count: > 0, Passing: { State: TokenState.Owner, Own: var own } } && !town.Setup.IsQuorum)
        {
            Sights.Saw("an owner stood still");
            record.SleptUnder = own.Turn;
        }

        record.AwakeAt = now;
    }

    /// <summary>After each input.</summary>
    public void Look(TokenNode node)
    {
        if (node.Part is not { Passing: var its })
            return;
        var record = records[node.Index];
        Work.Require(its.Memory.Best.Progress, its.Memory.Data.Span, $"data: {node.Name} knows {its.Memory.Best}, and");
        Require(
            town.Setup.IsQuorum || its.Memory.Best.Progress >= record.Progress,
            $"3: {node.Name} knows of progress {its.Memory.Best.Progress}, and knew of {record.Progress}");
        record.Progress = its.Memory.Best.Progress;
        var seen = its.Seen;
        Require(
            !seen.IsOf(record.Seen) || seen.Epoch != record.Seen.Epoch || seen.Progress >= record.Seen.Progress,
            $"3: {node.Name} sees {seen} behind {record.Seen}");
        record.Seen = seen;
        if (its.State is TokenState.Owner)
            RequireOne(node, its.Own);
    }

    /// <summary>A frame has arrived.</summary>
    public void Hears(TokenNode from, TokenNode to, TokenFrame frame)
    {
        if (frame.Message is not TokenMessage.Take)
            return;
        if (overheard.Count == OverheardMax)
            overheard.RemoveAt(0);
        overheard.Add((from, to, frame));
    }

    /// <summary>Something is written to the resource that fences protect.</summary>
    public void Writes(TokenNode node, TokenStamp stamp)
    {
        Sights.Saw("something is written");
        Require(
            records[node.Index].SleptUnder != stamp.Turn, $"{node.Name} writes under {stamp}, though it stood still meanwhile");
        if (town.Setup.IsQuorum)
        {
            Require(node.Epoch == stamp.Epoch, $"T5: {node.Name} writes under {stamp}, and its lease is {Text(node.Epoch)}");
            Require(
                written is not { } before || before.Stamp.Turn.CompareTo(stamp.Turn) < (before.Writer == node ? 1 : 0),
                $"T3: {node.Name} writes under {stamp}, behind {written?.Writer.Name} under {written?.Stamp}");
        }
        else if (written is { } earlier && earlier.Stamp.Turn.CompareTo(stamp.Turn) > 0)
        {
            Sights.Saw("a write is refused");
            Require(!isQuiet || turns.Count <= 2 * town.Nodes.Count, $"T3: {node.Name} may not write under {stamp}, though all is quiet");
            return;
        }
        else if (written is { } same && same.Stamp.Turn == stamp.Turn && same.Writer != node)
        {
            Sights.Saw("two tokens have the same fence");
        }

        written = (node, stamp);
    }

    public void Tells(TokenNode node, TokenEvent what)
    {
        town.World.Trace.Add(node.Machine, "token.event", what.ToString()!);
        switch (what)
        {
            case TokenEvent.Held(var stamp, _):
                Held(node, stamp);
                break;
            case TokenEvent.Lost:
                Sights.Saw("a turn is lost");
                Require(!isQuiet, $"1: {node.Name} loses its turn, though all was quiet: {what}");
                break;
            case TokenEvent.Dropped(var stamp, _, _):
                Sights.Saw("what was done is dropped");
                // Who comes back to a later epoch tells what he had done last, when he is given the token.
                var isLate = town.Setup.IsQuorum && turns.Count <= 2 * town.Nodes.Count && stamp.Epoch < highest.Epoch;
                Require(!isQuiet || isLate || away == node.Index, $"1: {node.Name} drops {stamp}, though all was quiet");
                break;
            case TokenEvent.Passed:
                Sights.Saw("a token is passed");
                break;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenInvariantException(otherwise);
    }

    private static string Text(ulong? epoch) => epoch?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "over";

    // T2, T6, and 3: of one token under one epoch each turn is had once, later ones later, with no less progress.
    private void Held(TokenNode node, TokenStamp stamp)
    {
        var key = (stamp.Author, stamp.Revision, stamp.Epoch);
        Sights.Saw(last.ContainsKey(key) ? "a turn" : "a token is made, or rises");
        if (last.TryGetValue(key, out var before))
        {
            Require(stamp.Sequence > before.Sequence, $"T2: {node.Name} has the turn {stamp}, and {before} was had");
            Require(stamp.Progress >= before.Progress, $"3: {node.Name} has the turn {stamp} behind {before}");
        }

        last[key] = stamp;
        var earlier = turns.Count == 0 ? default : turns[^1].Stamp.Turn;
        Require(!isQuiet || stamp.Turn.CompareTo(earlier) > 0, $"T2: {stamp} behind {earlier}");
        turns.Add((node, stamp));
        if (isQuiet && turns.Count > 2 * town.Nodes.Count)
            Require(stamp.Turn.CompareTo(highest) > 0, $"T3: {stamp} is not above all that there was: {highest}");
        highest = stamp.Turn.CompareTo(highest) > 0 ? stamp.Turn : highest;
    }

    // T1: who has the lease by its own clock holds it; in available mode, once all is quiet.
    private void RequireOne(TokenNode node, TokenStamp own)
    {
        if (town.Setup.IsQuorum ? node.Epoch is null : !isQuiet)
            return;
        foreach (var other in town.Nodes)
        {
            if (other != node && other.Part is { Passing: { State: TokenState.Owner, Own: var its } }
                && (!town.Setup.IsQuorum || other.Epoch is not null))
            {
                throw new BrokenInvariantException($"T1: {node.Name} holds {own}, and {other.Name} {its}");
            }
        }
    }

    private sealed class Record
    {
        public Instant? AwakeAt { get; set; }

        /// <summary>In which turn it stood still for too long.</summary>
        public (ulong Epoch, ulong Sequence)? SleptUnder { get; set; }

        public ulong Progress { get; set; }

        public TokenStamp Seen { get; set; }
    }
}
