using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Lists the registers of a slot part by part: each part is what a majority of its replicas has, so that no register is missed
/// that was there throughout.</summary>
/// <remarks>A change that was chosen was taken by a majority, and of two majorities one node is in both. Which of several contents it is
/// that was chosen, a listing does not find out: whoever wants to know reads the register.</remarks>
internal sealed class Scans(Slots slots, ProposerSettings settings)
{
    private readonly SortedDictionary<ulong, Scan> scans = [];
    private ulong last;

    /// <summary>When <see cref="Tick"/> is next due; null while none is under way.</summary>
    public Instant? Deadline
    {
        get
        {
            Instant? due = null;
            foreach (var scan in scans.Values)
                due = Instant.Earliest(due, scan.Due);
            return due;
        }
    }

    /// <summary>Slots that must be known before anything can be listed.</summary>
    public Queue<ushort> Unplaced { get; } = [];

    /// <summary>Lists a part.</summary>
    /// <returns>A number for it.</returns>
    public ulong Begin(Instant now, ushort slot, ulong from, int about, AgreementOutbox outbox)
    {
        var scan = new Scan(++last, slot, from, (ushort)Math.Clamp(about, 1, AgreementMessage.Walk.AboutMax), now + settings.Patience);
        scans.Add(scan.Number, scan);
        Say(now, scan, outbox);
        return scan.Number;
    }

    /// <summary>A replica answers.</summary>
    public void Receive(NodeId from, AgreementMessage.Walked walked, AgreementOutbox outbox)
    {
        if (!scans.TryGetValue(walked.Number, out var scan) || scan.Set is not { } set || set.Version != walked.Version || !set.Has(from))
            return;
        scan.Answers[from] = walked;
        if (set.IsQuorum(scan.Answers.Keys))
            End(scan, Merge(scan, set), scan.Answers.Values.Min(answer => answer.Last), outbox);
    }

    /// <summary>A slot has another replica set: what was answered under the old one counts no more.</summary>
    public void Follow(Instant now, ushort slot, AgreementOutbox outbox)
    {
        foreach (var scan in scans.Values.Where(scan => scan.Slot == slot).ToArray())
            Say(now, scan, outbox);
    }

    /// <summary>Asks again who did not answer, and gives up what takes too long.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        foreach (var scan in scans.Values.Where(scan => scan.Due <= now).ToArray())
        {
            if (scan.GiveUpAt <= now)
                End(scan, null, scan.From, outbox);
            else
                Say(now, scan, outbox);
        }
    }

    private void Say(Instant now, Scan scan, AgreementOutbox outbox)
    {
        var due = now + settings.RetryPause;
        scan.Due = due < scan.GiveUpAt ? due : scan.GiveUpAt;
        if (slots.Find(scan.Slot) is not { Set: var set })
        {
            Unplaced.Enqueue(scan.Slot);
            return;
        }

        if (scan.Set?.Version != set.Version)
            scan.Answers.Clear();
        scan.Set = set;
        var walk = new AgreementMessage.Walk(scan.Slot, set.Version, scan.Number, scan.From, scan.About);
        foreach (var replica in set.All)
        {
            if (!scan.Answers.ContainsKey(replica))
                outbox.Send(replica, walk);
        }
    }

    // As far as all have told.
    private static List<Sight> Merge(Scan scan, ReplicaSet set)
    {
        var end = scan.Answers.Values.Min(answer => answer.Last);
        SortedDictionary<(ulong At, RegisterName Name), List<(NodeId Node, Place Place)>> found = [];
        foreach (var (node, answer) in scan.Answers)
        {
            foreach (var place in answer.Places)
            {
                if (place.At > end)
                    continue;
                if (!found.TryGetValue((place.At, place.Name), out var seen))
                    found.Add((place.At, place.Name), seen = []);
                seen.Add((node, place));
            }
        }

        List<Sight> sights = [];
        foreach (var ((at, name), seen) in found)
        {
            var greatest = seen.MaxBy(one => one.Place.Accepted).Place;
            var having = seen.Where(one => one.Place.Accepted == greatest.Accepted).Select(one => one.Node);
            sights.Add(new Sight(name, at, set.IsQuorum(having), greatest.IsThere, greatest.EndsAt));
        }

        return sights;
    }

    private void End(Scan scan, IReadOnlyList<Sight>? found, ulong end, AgreementOutbox outbox)
    {
        scans.Remove(scan.Number);
        outbox.Emit(new AgreementEvent.Walked(scan.Number, end >= Place.AtMax ? null : end + 1, found));
    }

    private sealed class Scan(ulong number, ushort slot, ulong from, ushort about, Instant giveUpAt)
    {
        public ulong Number => number;

        public ushort Slot => slot;

        public ulong From => from;

        public ushort About => about;

        public Instant GiveUpAt => giveUpAt;

        public Instant Due { get; set; }

        public ReplicaSet? Set { get; set; }

        public SortedDictionary<NodeId, AgreementMessage.Walked> Answers { get; } = [];
    }
}
