using Roj.Agreement;
using Roj.Kernel;

namespace Roj.Storage;

/// <summary>One node's part in the store in <c>quorum</c> mode: each key is a register, so that it is linearizable at whichever node it is
/// asked for.</summary>
/// <remarks>
/// <para>It asks the node's <see cref="Registers"/>, which have their own way to others and to the disk. Whoever has it gives it calls with
/// <see cref="Ask"/>, each end that registers tell with <see cref="Ended"/>, and the time with <see cref="Tick"/>; and takes answers with
/// <see cref="TryTakeAnswer"/> after each.</para>
/// <para>What rests on a disk was there before registers told of it: answers wait for nothing.</para>
/// </remarks>
/// <param name="settings">How much it takes on.</param>
/// <param name="registers">The node's part in agreement.</param>
/// <param name="rng">Its own.</param>
public sealed class QuorumStore(QuorumSettings settings, Registers registers, Rng rng)
{
    /// <summary>How often it is asked that what is over be ended: where nobody knows whether it was, somebody has written there.</summary>
    private const int EndsMax = 5;

    private readonly SortedDictionary<ulong, (QuorumListing Listing, int Index)> scans = [];
    private readonly Table<ChangeId, Pending> asked = new();
    private readonly Queue<Pending> waiting = [];
    private readonly Queue<(ulong Call, StorageAnswer With)> answers = [];
    private AgreementOutbox outbox = new(); // of the input that is worked on
    private long bytes;
    private int sweeps;

    /// <summary>The time of the input that is worked on.</summary>
    internal Moment At { get; private set; }

    /// <summary>How many slots there are.</summary>
    internal int Slots => settings.Slots;

    /// <summary>Calls under way.</summary>
    public int Calls => asked.Count + waiting.Count + sweeps;

    /// <summary>Whether there are answers to be taken.</summary>
    public bool HasAnswers => answers.Count > 0;

    /// <summary>When <see cref="Tick"/> is next due; null while nothing waits.</summary>
    public Instant? Deadline => waiting.TryPeek(out var first) ? first.At + settings.WaitPatience : null;

    /// <summary>Carries out a call.</summary>
    /// <param name="at">The time.</param>
    /// <param name="call">A number for the answer.</param>
    /// <param name="what">The call.</param>
    /// <param name="outbox">Of the registers.</param>
    public void Ask(Moment at, ulong call, StorageCall what, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(what);
        Enter(at, outbox);
        void Done(StorageAnswer answer) => answers.Enqueue((call, answer));
        if (what.Subject is not null)
        {
            Carry(what, Done);
            return;
        }

        if (sweeps >= settings.SweepsMax)
        {
            Done(new StorageAnswer.Failed(StorageFault.Full, $"{settings.SweepsMax} listings are under way", Applied.No));
            return;
        }

        sweeps++;
        Carry(what, answer =>
        {
            sweeps--;
            Done(answer);
        });
    }

    /// <summary>Something that registers were asked for has ended; what others asked for is passed over.</summary>
    public void Ended(Moment at, Outcome outcome, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (!asked.Remove(outcome.Id, out var pending))
            return;
        Enter(at, outbox);
        if (pending.IsSounding && outcome.Applied is Applied.Yes)
            Propose(pending, At.Now - pending.At <= settings.SoundingPatience ? outcome.Version : 0); // else others may have done it since
        else if (pending.Known is null && KeyCall.RestsOnEnd(outcome, pending.Unix))
            EndFirst(pending, KeyCall.Answer(pending.Call, outcome, pending.Unix));
        else if (pending is { Known: { } found, Ends: < EndsMax } && outcome is { Applied: Applied.Unknown, Refusal: Refusal.None })
            EndFirst(pending, found); // who had ended what is forgotten by now, if it was that: it does no harm twice
        else
            Finish(pending, pending.Known is { } known ? AfterEnd(known, outcome) : KeyCall.Answer(pending.Call, outcome, pending.Unix));
        Begin();
    }

    /// <summary>A part of a slot has been listed.</summary>
    public void Walked(Moment at, AgreementEvent.Walked part, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (!scans.Remove(part.Number, out var scan))
            return;
        Enter(at, outbox);
        scan.Listing.Take(scan.Index, part);
    }

    /// <summary>Gives up what has waited too long.</summary>
    public void Tick(Moment at, AgreementOutbox outbox)
    {
        Enter(at, outbox);
        while (Deadline <= at.Now)
        {
            Finish(waiting.Dequeue(), new StorageAnswer.Failed(
                StorageFault.NoQuorum, "too much waits for nodes that have copies", Applied.No));
        }

        Begin();
    }

    /// <summary>Takes an answer that may be given.</summary>
    public bool TryTakeAnswer(out ulong call, out StorageAnswer? with)
    {
        var isThere = answers.TryDequeue(out var next);
        (call, with) = next;
        return isThere;
    }

    /// <summary>Carries out a call for one that is under way.</summary>
    internal void Carry(StorageCall what, Action<StorageAnswer> done)
    {
        switch (what)
        {
            case { Subject: { } key }:
                Wait(what, key, done);
                break;
            case StorageCall.List list:
                _ = new QuorumListing(this, list, done);
                break;
            default:
                _ = new QuorumSweep(this, what, rng.NextUInt64(), done);
                break;
        }
    }

    /// <summary>Has a part of a slot listed.</summary>
    internal void Scan(ushort slot, ulong from, int about, QuorumListing listing, int index) =>
        scans.Add(registers.Scan(At.Now, slot, from, about, outbox), (listing, index));

    private ushort SlotOf(RegisterName name) => KeySlots.SlotOf(name, settings.Slots);

    private void Enter(Moment at, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        (At, this.outbox) = (at, outbox);
    }

    private void Wait(StorageCall what, StorageKey key, Action<StorageAnswer> done)
    {
        var length = KeyCall.BytesOf(what);
        if (Calls >= settings.CallsMax || (bytes > 0 && bytes + length > settings.BytesMax))
        {
            done(new StorageAnswer.Failed(StorageFault.Full, "too many calls are under way", Applied.No));
            return;
        }

        bytes += length;
        waiting.Enqueue(new Pending(what, KeySlots.NameOf(key), At.Now, At.Unix, done));
        Begin();
    }

    private void Begin()
    {
        while (asked.Count < settings.AskedMax && waiting.TryDequeue(out var pending))
        {
            var request = pending.Call.Request;
            if (request is { } given && asked.Has(given))
            {
                Finish(pending, new StorageAnswer.Failed(StorageFault.Full, "the same request is under way here already", Applied.Unknown));
                continue;
            }

            pending.IsSounding = request is not null && pending.Call is { IsWrite: true, TriedSince: null };
            if (pending.IsSounding)
                asked.Add(registers.Ask(At.Now, SlotOf(pending.Name), pending.Name, null, outbox), pending);
            else
                Propose(pending, null);
        }
    }

    // Who may ask again elsewhere by the same id is told at which version he asked first: what arrives behind all that is remembered would
    // be made a second time else.
    private void Propose(Pending pending, ulong? askedAt)
    {
        pending.IsSounding = false;
        var (call, name) = (pending.Call, pending.Name);
        var id = registers.Ask(
            At.Now, SlotOf(name), name, KeyCall.ChangeOf(call, pending.Unix), outbox, call.Request, call.TriedSince, askedAt);
        asked[id] = pending;
    }

    // A router with a slower clock would still show what is over here: so that is deleted before anybody is told that it is not there.
    private void EndFirst(Pending pending, StorageAnswer known)
    {
        (pending.Known, pending.Ends) = (known, pending.Ends + 1);
        var end = new RegisterChange.Timed(pending.Unix, new TimedStep.End());
        asked.Add(registers.Ask(At.Now, SlotOf(pending.Name), pending.Name, end, outbox), pending);
    }

    // Whether this ended it, or somebody else has written there since: what is over will not be seen again.
    private static StorageAnswer AfterEnd(StorageAnswer known, Outcome outcome) =>
        outcome.Applied is Applied.Yes || outcome.Refusal is Refusal.ConditionFailed ? known
        : new StorageAnswer.Failed(StorageFault.NoQuorum, "no majority of the nodes that have copies answered in time", Applied.No);

    private void Finish(Pending pending, StorageAnswer answer)
    {
        bytes -= KeyCall.BytesOf(pending.Call);
        pending.Done(answer);
    }

    private sealed class Pending(StorageCall call, RegisterName name, Instant at, long unix, Action<StorageAnswer> done)
    {
        public StorageCall Call => call;

        public RegisterName Name => name;

        public Instant At => at;

        public long Unix => unix;

        public Action<StorageAnswer> Done => done;

        /// <summary>Whether it is found out first at which version its key is.</summary>
        public bool IsSounding { get; set; }

        /// <summary>How often it was asked that what is over be ended.</summary>
        public int Ends { get; set; }

        /// <summary>The answer, once what is over has been ended; null while it is not known.</summary>
        public StorageAnswer? Known { get; set; }
    }
}
