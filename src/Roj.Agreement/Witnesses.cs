using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Finds out whether this node's disk was set back: whether others remember a later start of it than it does.</summary>
/// <remarks>Each start is told to the others of the roster, and kept by them; a quorum has it before anything is promised or proposed in
/// it, and the rest are told on and on. A disk that forgot what it had promised is found out as soon as one who remembers answers;
/// it is a detection, no proof. What was found out is kept: started again and again, the node would count past what they
/// remember.</remarks>
internal sealed class Witnesses
{
    /// <summary>The rest are told again after this, and twice as long each time: they may be away for days.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The longest of those pauses.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    private readonly NodeId self;
    private readonly uint boot;
    private readonly ulong life;
    private readonly Slots slots;
    private readonly IStableStore store;
    private readonly ProposerSettings settings;
    private readonly SortedSet<NodeId> confirmed = [];
    private readonly (NodeId Witness, uint Boot)? mark;
    private TimeSpan pause = Pause;
    private bool isSetBack;

    /// <summary>What others remember of this start.</summary>
    public Witnesses(NodeId self, uint boot, ulong life, Slots slots, IStableStore store, ProposerSettings settings)
    {
        (this.self, this.boot, this.life, this.slots, this.store, this.settings) = (self, boot, life, slots, store, settings);
        IsDamaged = store.FindMark(out mark) is Finding.Damaged;
        isSetBack = mark is not null;
    }

    /// <summary>Whether it can't be read if an earlier start was found to be set back.</summary>
    public bool IsDamaged { get; }

    /// <summary>Whether enough have confirmed that this is the latest start.</summary>
    /// <remarks>That holds for every later roster as well: whoever remembered a later start would have kept a quorum of this one from
    /// confirming, or is one of the rest, who are still asked. So a change of the roster asks only who is new in it.</remarks>
    public bool IsConfirmed { get; private set; }

    /// <summary>When <see cref="Tick"/> is next due; null once all have confirmed, or it is known that they never will.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>Begins: says what an earlier start has found out.</summary>
    public void Start(Instant now, AgreementOutbox outbox)
    {
        if (mark is var (witness, later))
            outbox.Emit(new AgreementEvent.SetBack(witness, later));
        Tick(now, outbox);
    }

    /// <summary>The replica set may be another one.</summary>
    public void Follow(Instant now, AgreementOutbox outbox)
    {
        pause = Pause;
        Tick(now, outbox);
    }

    /// <summary>Asks who has not answered.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        Deadline = null;
        if (isSetBack || slots.Find(0) is not { Set: var set })
            return;
        IsConfirmed |= IsEnough(set);
        foreach (var other in set.All.Where(other => other != self && !confirmed.Contains(other)))
        {
            outbox.Send(other, new AgreementMessage.Booted(boot, life));
            Deadline = now + (IsConfirmed ? pause : settings.RetryPause);
        }

        if (IsConfirmed && Deadline is not null)
            pause = pause < PauseMax / 2 ? 2 * pause : PauseMax;
    }

    /// <summary>Another node has started.</summary>
    public void Receive(NodeId from, AgreementMessage.Booted booted, AgreementOutbox outbox)
    {
        if (store.FindBoot(from, out var last) is Finding.Damaged)
            return; // what can't be read is not forgotten: it may be a later start than this one
        var (known, knownLife) = last;
        if (booted.Boot > known)
        {
            outbox.Do(Records.Save(from, booted.Boot, booted.Life));
            (known, knownLife) = (booted.Boot, booted.Life);
        }

        outbox.Send(from, new AgreementMessage.Remembered(known, knownLife));
    }

    /// <summary>Another node answers.</summary>
    public void Receive(NodeId from, AgreementMessage.Remembered remembered, AgreementOutbox outbox)
    {
        if (remembered.Boot < boot || isSetBack || slots.Find(0) is not { Set: var set } || !set.Has(from))
            return;
        if (remembered.Boot == boot && remembered.Life == life)
        {
            confirmed.Add(from);
            IsConfirmed |= IsEnough(set);
            return;
        }

        (isSetBack, IsConfirmed, Deadline) = (true, false, null);
        outbox.Do(Records.SaveMark(from, remembered.Boot));
        outbox.Emit(new AgreementEvent.SetBack(from, remembered.Boot));
    }

    private bool IsEnough(ReplicaSet set) => set.IsQuorum(confirmed.Append(self));
}
