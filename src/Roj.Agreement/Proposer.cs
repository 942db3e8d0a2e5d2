using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Changes and reads registers by quorums of their acceptors (CASPaxos, Rystsov 2018): no leader, no clock that must be
/// right.</summary>
/// <remarks>Rules 1, 3, 4, 5 and 6. Of one register one request is under way at a time; the others of this proposer wait for it, so that
/// it does not duel with itself.</remarks>
internal sealed class Proposer(NodeId self, uint boot, Slots slots, Router router, ProposerSettings settings, Rng rng)
{
    /// <summary>After this it is asked again who accepts for a slot.</summary>
    private static readonly TimeSpan UnplacedPause = TimeSpan.FromSeconds(1);

    private readonly Table<(ushort Slot, RegisterName Name), Queue<Request>> queues = new();
    private readonly SortedDictionary<(Instant Due, ulong Number), Request> agenda = [];
    private readonly Promises promises = new();
    private readonly Queue<Request> ended = [];
    private readonly Queue<ushort> unplaced = [];
    private ulong counter; // no attempt of this life has it yet
    private ulong number;

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is under way.</summary>
    public Instant? Deadline
    {
        get
        {
            foreach (var (due, _) in agenda.Keys)
                return due;
            return null;
        }
    }

    /// <summary>Whether it may speak: not before it is known that its disk was not set back, for then its attempts may have been used
    /// before (rule 1).</summary>
    public bool IsSpeaking { get; private set; }

    /// <summary>Whether it tells what becomes of registers of the store.</summary>
    public bool TellsChosen { get; set; }

    /// <summary>Whether another request is taken on.</summary>
    public bool HasRoom => agenda.Count < settings.RequestsMax;

    /// <summary>Takes a change or a reading on.</summary>
    /// <returns>False if there are too many.</returns>
    public bool Begin(Instant now, Request request, AgreementOutbox outbox)
    {
        if (!HasRoom && request.Asker.Kind is not Asker.Kinds.Lookup) // what waits for a slot must not keep it from being found
            return false;
        request.Appointment = (request.Deadline, ++number);
        agenda.Add(request.Appointment, request);
        var key = (request.Slot, request.Name);
        if (queues.TryGetValue(key, out var queue))
        {
            queue.Enqueue(request);
        }
        else
        {
            queues.Add(key, new Queue<Request>([request]));
            Attempt(now, request, outbox);
        }

        return true;
    }

    /// <summary>Takes out a request that has ended, with its <see cref="Request.Outcome"/>; null if none has.</summary>
    public Request? TakeEnded() => ended.TryDequeue(out var first) ? first : null;

    /// <summary>Takes out a slot of which it is not known who accepts for it, or that does not answer; null if there is none.</summary>
    public ushort? TakeUnplaced() => unplaced.TryDequeue(out var slot) ? slot : null;

    /// <summary>An acceptor answers.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.OfRegister message, AgreementOutbox outbox)
    {
        if (!queues.TryGetValue((message.Slot, message.Name), out var queue) || queue.Peek() is not { Set: { } set } request
            || message.Ballot != request.Ballot || message.Version != set.Version || !set.Has(from))
        {
            return; // a stranger, or an answer to something that is over
        }

        switch (message)
        {
            case AgreementMessage.Told told when request.Phase is Phase.Asking:
                request.Answers.Set(from, told.Taken, told.Content);
                if (set.IsQuorum(request.Answers.Nodes))
                    Told(now, request, set, outbox);
                break;
            case AgreementMessage.Promise promise when request.Phase is Phase.Preparing:
                request.Answers.Set(from, promise.Taken, promise.Content);
                Corrections.Correct(request, set, outbox);
                if (set.IsQuorum(request.Answers.Nodes))
                    Propose(now, request, set, outbox);
                break;
            case AgreementMessage.Accepted accepted when request.Phase is Phase.Accepting or Phase.Repairing:
                request.Answers.Set(from, accepted.Ballot, request.Proposed!);
                if (request.Phase is Phase.Accepting && accepted.Next > accepted.Ballot)
                    request.Next.Add(from);
                if (set.IsQuorum(request.Answers.Nodes))
                    Taken(now, request, set, outbox);
                break;
            case AgreementMessage.Refused refused when request.Phase is not Phase.Waiting:
                Refused(now, from, request, set, refused, outbox);
                break;
            default:
                break;
        }
    }

    /// <summary>It may speak from now on.</summary>
    public void Speak(Instant now, AgreementOutbox outbox)
    {
        if (IsSpeaking)
            return;
        IsSpeaking = true;
        foreach (var request in Heads())
            Attempt(now, request, outbox);
    }

    /// <summary>It may not speak any more: its attempts may have been used before. What was asked of it waits until it is given
    /// up.</summary>
    public void Hush()
    {
        if (!IsSpeaking)
            return;
        IsSpeaking = false;
        foreach (var request in Heads())
            Pause(request, request.Deadline);
    }

    /// <summary>A slot has another replica set: what was promised under the old one counts no more.</summary>
    public void Follow(Instant now, ushort slot, AgreementOutbox outbox)
    {
        promises.Forget(slot);
        foreach (var request in Heads().Where(request => request.Slot == slot))
            Attempt(now, request, outbox);
    }

    /// <summary>Somebody has adopted the replica set that the rest of us know: what he did not answer is said to him again.</summary>
    public void SayAgain(ushort slot, NodeId to, AgreementOutbox outbox)
    {
        foreach (var request in Heads().Where(request => request.Slot == slot))
        {
            if (request.Phase is not Phase.Waiting && !request.Answers.Has(to) && request.Set!.Has(to))
                outbox.Send(to, request.Message);
        }
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        while (agenda.Count > 0 && agenda.First() is var ((due, _), request) && due <= now)
        {
            if (request.Deadline <= now)
                End(now, request, new Outcome(request.Id, request.AppliedIfGivenUp, Refusal.TimedOut, 0, null), outbox);
            else if (request.Phase is Phase.Waiting || (request is { Phase: not Phase.Preparing, Refusing.Count: > 0 }))
                Attempt(now, request, outbox); // of the others not enough are here
            else if (request is { Phase: Phase.Preparing, Set: { } set } && set.IsQuorum(request.Answers.Nodes))
                Propose(now, request, set, outbox, isLate: true);
            else
                SayAgain(now, request, outbox);
        }
    }

    private Request[] Heads() => [.. queues.SortedKeys().Select(key => queues[key].Peek())];

    private void Attempt(Instant now, Request request, AgreementOutbox outbox)
    {
        if (slots.Find(request.Slot) is not { Set: var set })
        {
            if (request.Slot != 0 && slots.Find(0) is not null)
            {
                // It will be known soon, and then followed.
                unplaced.Enqueue(request.Slot);
                Pause(request, now + UnplacedPause);
                return;
            }

            End(now, request, new Outcome(request.Id, request.AppliedIfGivenUp, Refusal.NoRoster, 0, null), outbox);
            return;
        }

        if (!IsSpeaking)
        {
            Pause(request, request.Deadline);
            return;
        }

        if (request.Change is not null && request.Attempts == 0
            && promises.Take(request.Slot, request.Name, set.Version) is var (ballot, content))
        {
            // A majority has promised this attempt when it took the last one: what it took is what we wrote. Only their taking this one
            // tells that nobody was promised another since.
            request.Enter(Phase.Preparing, ballot, set);
            request.IsKnown = true;
            Propose(now, request, set, content, isUnanimous: false, outbox);
            return;
        }

        var isFirstReading = request.Change is null && request.Refused == Ballot.None && !request.IsWritingBack;
        Try(now, request, isFirstReading ? Phase.Asking : Phase.Preparing, set, outbox);
    }

    private void Try(Instant now, Request request, Phase phase, ReplicaSet set, AgreementOutbox outbox)
    {
        request.Enter(phase, NextBallot(request.Refused), set);
        if (phase is Phase.Asking && router.MajorityHere(set, request.Appointment.Number) is { } enough)
            SayTo(now, request, enough, outbox);
        else
            Say(now, request, outbox);
    }

    // Rule 5: a majority that took the same last is enough. Else the others are asked to take that too (rule 7): whoever proposed it had
    // his promises, and under one attempt there is but one content.
    private void Told(Instant now, Request request, ReplicaSet set, AgreementOutbox outbox)
    {
        var (greatest, content) = request.Answers.Greatest();
        var having = request.Answers.Having(greatest, content.Version);
        request.Propose(content, new Outcome(request.Id, Applied.Yes, Refusal.None, content.Version, content));
        if (set.IsQuorum(having))
        {
            if (greatest > Ballot.None)
                Corrections.Repair(request, set, greatest, having, outbox);
            End(now, request, request.Outcome!, outbox);
            return;
        }

        if (greatest == Ballot.None || having.Length == 0)
        {
            // A floor that only some have raised says at which version it is: the next one is not to see an earlier.
            Try(now, request, Phase.Preparing, set, outbox);
            return;
        }

        counter = Math.Max(counter, greatest.Counter);
        request.Enter(Phase.Repairing, greatest, set);
        (request.Following, request.IsKnown) = (Ballot.None, false);
        foreach (var node in having)
            request.Answers.Set(node, greatest, content);
        Say(now, request, outbox);
    }

    private void Propose(Instant now, Request request, ReplicaSet set, AgreementOutbox outbox, bool isLate = false)
    {
        var (content, isUnanimous, isRaised) = request.Promised(set);
        if (isRaised && !isLate && set.All.Any(node => !request.Answers.Has(node) && router.IsHereNow(node)))
            Plan(request, now + settings.ReadingPause); // he may know of something too, and then it stays at its version
        else
            Propose(now, request, set, content, isUnanimous, outbox);
    }

    private void Propose(Instant now, Request request, ReplicaSet set, Content content, bool isUnanimous, AgreementOutbox outbox)
    {
        request.Decide(now, content);
        if (request.Proposed == content && isUnanimous && !request.IsWritingBack)
        {
            if (request is { Change: not null, Outcome.Applied: Applied.Yes })
                Tell(request, outbox); // another made it, and may not have heard that it was chosen
            End(now, request, request.Outcome!, outbox); // nothing is to be written, and what is there is chosen (rule 5)
            return;
        }

        var taken = request.Proposed!;
        request.Enter(Phase.Accepting, request.Ballot, set);
        request.Following = taken.MayBeFollowedBy(request.Ballot) ? NextBallot(request.Ballot) : Ballot.None;
        Say(now, request, outbox);
    }

    private void Taken(Instant now, Request request, ReplicaSet set, AgreementOutbox outbox)
    {
        if (request.Phase is Phase.Accepting && set.IsQuorum(request.Next))
            promises.Keep(request.Slot, request.Name, set.Version, request.Following, request.Proposed!);
        request.IsTaken = true;
        Tell(request, outbox);
        End(now, request, request.Outcome!, outbox);
    }

    // What is only brought to others has not changed.
    private void Tell(Request request, AgreementOutbox outbox)
    {
        if (TellsChosen && request is { Slot: not 0, Asker.Kind: Asker.Kinds.Program or Asker.Kinds.Other })
            outbox.Emit(new AgreementEvent.Chosen(request.Slot, request.Name, request.Proposed!, request.Change));
    }

    private void Refused(
        Instant now, NodeId from, Request request, ReplicaSet set, AgreementMessage.Refused refused, AgreementOutbox outbox)
    {
        counter = Math.Max(counter, refused.Promised.Counter);
        var isRefusedByAll = refused.Floor > 0 && request.MustBeAbove(refused.Floor, from);
        if (refused.Wait > TimeSpan.Zero)
        {
            request.Refusing.Add(from);
            Corrections.Correct(request, set, outbox);
            if (set.IsQuorum(set.All.Except(request.Refusing)))
                return; // enough others may promise yet
            // A lease may be given back before its end, which one acceptor hears before another: so it is asked for now and then.
            var most = Backoff(++request.Waits);
            var untilOver = refused.Wait + rng.Next(TimeSpan.Zero, settings.Backoff);
            Pause(request, now + (untilOver < most ? untilOver : most));
        }
        else if (refused.Promised >= request.Ballot && request.Phase is Phase.Repairing)
        {
            // Some have promised another attempt, which a lease may keep from ever being made: enough others may have taken this one.
            request.Refused = refused.Promised > request.Refused ? refused.Promised : request.Refused;
            request.Refusing.Add(from);
            if (!set.IsQuorum(set.All.Except(request.Refusing)))
                Attempt(now, request, outbox);
        }
        else if (refused.Floor > 0 && request.Phase is Phase.Accepting)
        {
            if (isRefusedByAll)
                Attempt(now, request, outbox);
            else if (!set.IsQuorum(set.All.Except(request.Refusing)))
                Plan(request, now + settings.ReadingPause); // if the others refuse it too, nobody has taken it
        }
        else if (refused.Promised >= request.Ballot)
        {
            promises.Take(request.Slot, request.Name, set.Version);
            request.Refused = refused.Promised > request.Refused ? refused.Promised : request.Refused;
            var duels = request.Attempts - request.Waits;
            if (duels <= 1)
                Attempt(now, request, outbox); // the register was new to us, or we are late: no duel yet
            else
                Pause(request, now + rng.Next(TimeSpan.FromTicks(1), Backoff(duels) + TimeSpan.FromTicks(1)));
        }
    }

    private TimeSpan Backoff(int times) =>
        new(Math.Min(settings.BackoffMax.Ticks, settings.Backoff.Ticks << Math.Min(times, 20)));

    private void Pause(Request request, Instant until)
    {
        request.Enter(Phase.Waiting, Ballot.None, request.Set);
        Plan(request, until);
    }

    // All whom we take for replicas may have left meanwhile, and be gone: then nobody tells who they are now.
    private void SayAgain(Instant now, Request request, AgreementOutbox outbox)
    {
        if (request.Slot != 0 && !request.IsSparing)
            unplaced.Enqueue(request.Slot);
        Say(now, request, outbox);
    }

    private void SayTo(Instant now, Request request, List<NodeId> some, AgreementOutbox outbox)
    {
        for (var i = some.Count - 1; i >= 0; i--) // to this node last, as in Say
            outbox.Send(some[i], request.Message);
        request.IsSparing = true;
        Plan(request, now + settings.ReadingPause);
    }

    private void Say(Instant now, Request request, AgreementOutbox outbox)
    {
        request.IsSparing = false;
        var message = request.Message;
        // To others first: they are on their way while this node's own acceptor writes.
        foreach (var acceptor in request.Set!.All)
        {
            if (acceptor != self && !request.Answers.Has(acceptor))
                outbox.Send(acceptor, message);
        }

        if (request.Set.Has(self) && !request.Answers.Has(self))
            outbox.Send(self, message);
        Plan(request, now + settings.RetryPause);
    }

    private void End(Instant now, Request request, Outcome outcome, AgreementOutbox outbox)
    {
        request.Propose(request.Proposed ?? Content.Empty, outcome);
        agenda.Remove(request.Appointment);
        ended.Enqueue(request);
        var key = (request.Slot, request.Name);
        var queue = queues[key];
        if (queue.Peek() != request)
        {
            queues[key] = new Queue<Request>(queue.Where(other => other != request));
            return;
        }

        queue.Dequeue();
        if (queue.Count == 0)
            queues.Remove(key);
        else
            Attempt(now, queue.Peek(), outbox);
    }

    private void Plan(Request request, Instant due)
    {
        agenda.Remove(request.Appointment);
        request.Appointment = (due < request.Deadline ? due : request.Deadline, request.Appointment.Number);
        agenda.Add(request.Appointment, request);
    }

    private Ballot NextBallot(Ballot above)
    {
        counter = Math.Max(counter, above.Counter) + 1;
        return new Ballot(counter, self, boot);
    }
}
