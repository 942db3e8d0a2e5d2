using Roj.Agreement.Wire;
using Roj.Kernel;
using Outbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Agreement.Wire.AgreementMessage, Roj.Agreement.AgreementEvent, Roj.Agreement.AgreementEffect>;

namespace Roj.Agreement;

/// <summary>Changes and reads registers by the majority of their acceptors (CASPaxos, Rystsov 2018): no leader, no clock that must be
/// right.</summary>
/// <remarks>Of one register one request is under way at a time; the others of this proposer wait for it, so that it does not duel with
/// itself.</remarks>
public sealed class Proposer
{
    private readonly ProposerSettings settings;
    private readonly Rng rng;
    private readonly SortedDictionary<RegisterName, List<Request>> queues = [];
    private readonly SortedDictionary<RegisterName, (Ballot Ballot, Content Content)> promised = [];
    private ulong counter; // no attempt of this life has it yet
    private ulong sequence;
    private int requests;

    /// <summary>A proposer that knows nothing of any register.</summary>
    public Proposer(ProposerSettings settings, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(rng);
        (this.settings, this.rng) = (settings, rng);
    }

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is under way.</summary>
    public Instant? Deadline { get; private set; }

    private int Majority => (settings.Acceptors.Count / 2) + 1;

    /// <summary>Changes a register.</summary>
    /// <param name="now">The time.</param>
    /// <param name="name">Which.</param>
    /// <param name="change">What becomes of what it holds; may be asked several times.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    /// <returns>By which <see cref="AgreementEvent.Ended"/> will name it; null if too many are under way.</returns>
    public ChangeId? Change(Instant now, RegisterName name, Func<Content, Decision> change, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Ask(now, name, change, outbox);
    }

    /// <summary>Reads a register.</summary>
    public ChangeId? Read(Instant now, RegisterName name, Outbox outbox) => Ask(now, name, null, outbox);

    /// <summary>An acceptor answers.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage message, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        if (!settings.Acceptors.Contains(from) || queues.GetValueOrDefault(message.Name) is not [var request, ..]
            || message.Ballot != request.Ballot)
        {
            return; // a stranger, or an answer to something that is over
        }

        switch (message)
        {
            case AgreementMessage.Told told when request.Phase is Phase.Asking:
                request.Answers[from] = (told.Taken, told.Content);
                Told(now, request, outbox);
                break;
            case AgreementMessage.Promise promise when request.Phase is Phase.Preparing:
                request.Answers[from] = (promise.Taken, promise.Content);
                if (request.Answers.Count >= Majority)
                    Propose(now, request, outbox);
                break;
            case AgreementMessage.Accepted accepted when request.Phase is Phase.Accepting:
                request.Answers[from] = (accepted.Ballot, request.Proposed!);
                if (accepted.Next > accepted.Ballot)
                    request.Next.Add(from);
                if (request.Answers.Count >= Majority)
                    Taken(now, request, outbox);
                break;
            case AgreementMessage.Refused refused when refused.Promised > request.Ballot:
                Refused(now, request, refused.Promised);
                break;
            default:
                break;
        }

        SetDeadline();
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        foreach (var request in queues.Values.SelectMany(queue => queue).Where(request => request.Deadline <= now).ToArray())
            End(now, request, request.MayHaveBeenApplied ? Applied.Unknown : Applied.No, null, outbox);
        foreach (var request in queues.Values.Select(queue => queue[0]).Where(request => request.Due <= now).ToArray())
        {
            if (request.Phase is Phase.Waiting)
                Begin(now, request, outbox);
            else
                Say(now, request, outbox);
        }

        SetDeadline();
    }

    private ChangeId? Ask(Instant now, RegisterName name, Func<Content, Decision>? change, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (requests >= settings.RequestsMax)
            return null;
        requests++;
        var id = new ChangeId(settings.Self, settings.Boot, ++sequence);
        var request = new Request(name, id, change, now + settings.Patience);
        if (queues.GetValueOrDefault(name) is { } queue)
            queue.Add(request);
        else
            queues.Add(name, [request]);
        if (queues[name][0] == request)
            Begin(now, request, outbox);
        SetDeadline();
        return id;
    }

    private void Begin(Instant now, Request request, Outbox outbox)
    {
        if (request.Change is not null && request.Attempts == 0 && promised.Remove(request.Name, out var known))
        {
            // A majority has promised this attempt when it took the last one: what it took is what we wrote.
            request.Enter(Phase.Preparing, known.Ballot);
            Propose(now, request, known.Content, outbox);
            return;
        }

        if (request.Change is null && request.Attempts == 0 && request.Phase is Phase.Waiting && request.Refused == Ballot.None)
            request.Enter(Phase.Asking, NextBallot(Ballot.None));
        else
            request.Enter(Phase.Preparing, NextBallot(request.Refused));
        Say(now, request, outbox);
    }

    // Rule 5: a majority that took the same last is enough; else what the greatest attempt brought is written back.
    private void Told(Instant now, Request request, Outbox outbox)
    {
        var greatest = request.Answers.Values.Max(answer => answer.Accepted);
        if (request.Answers.Values.Count(answer => answer.Accepted == greatest) >= Majority)
        {
            End(now, request, Applied.Yes, request.Answers.Values.First(answer => answer.Accepted == greatest).Content, outbox);
        }
        else if (request.Answers.Count == settings.Acceptors.Count
            || (request.Answers.Count >= Majority && request.Answers.Values.Any(answer => answer.Accepted != greatest)))
        {
            request.Enter(Phase.Preparing, NextBallot(greatest));
            Say(now, request, outbox);
        }
    }

    private void Propose(Instant now, Request request, Outbox outbox) =>
        Propose(now, request, request.Answers.Values.MaxBy(answer => answer.Accepted).Content, outbox);

    // Rule 3, and 6: somebody else may have completed what we began.
    private void Propose(Instant now, Request request, Content content, Outbox outbox)
    {
        if (request.Change is null)
        {
            request.Propose(content, Applied.Yes, on: null);
        }
        else if (request.ProposedAt is { } on && content.Has(request.Id, on) is not false)
        {
            request.Propose(content, content.Has(request.Id, on) is true ? Applied.Yes : Applied.Unknown, on: null);
        }
        else
        {
            var decision = request.Change(content);
            if (decision.IsMet)
                request.Propose(content.After(request.Id, decision.Data), Applied.Yes, content.Version);
            else
                request.Propose(content, Applied.No, on: null); // written back, so that what it was refused for is true
        }

        request.Enter(Phase.Accepting, request.Ballot);
        request.Following = NextBallot(request.Ballot);
        Say(now, request, outbox);
    }

    private void Taken(Instant now, Request request, Outbox outbox)
    {
        if (request.Next.Count >= Majority)
            promised[request.Name] = (request.Following, request.Proposed!);
        End(now, request, request.Outcome, request.Proposed, outbox);
    }

    private void Refused(Instant now, Request request, Ballot by)
    {
        promised.Remove(request.Name);
        request.Refused = by > request.Refused ? by : request.Refused;
        var most = Math.Min(settings.BackoffMax.Ticks, settings.Backoff.Ticks << Math.Min(request.Attempts, 20));
        request.Enter(Phase.Waiting, Ballot.None);
        request.Due = now + rng.Next(TimeSpan.FromTicks(1), new TimeSpan(most + 1));
    }

    private void Say(Instant now, Request request, Outbox outbox)
    {
        AgreementMessage message = request.Phase switch
        {
            Phase.Asking => new AgreementMessage.Ask(request.Name, request.Ballot),
            Phase.Preparing => new AgreementMessage.Prepare(request.Name, request.Ballot),
            _ => new AgreementMessage.Accept(request.Name, request.Ballot, request.Proposed!, request.Following),
        };
        foreach (var acceptor in settings.Acceptors)
        {
            if (!request.Answers.ContainsKey(acceptor))
                outbox.Send(acceptor, message);
        }

        request.Due = now + settings.RetryPause;
    }

    private void End(Instant now, Request request, Applied applied, Content? content, Outbox outbox)
    {
        var queue = queues[request.Name];
        queue.Remove(request);
        requests--;
        outbox.Emit(new AgreementEvent.Ended(request.Id, applied, content));
        if (queue.Count == 0)
            queues.Remove(request.Name);
        else if (queue[0].Phase is Phase.Waiting)
            Begin(now, queue[0], outbox);
    }

    private Ballot NextBallot(Ballot above)
    {
        counter = Math.Max(counter, above.Counter) + 1;
        return new Ballot(counter, settings.Self, settings.Boot);
    }

    private void SetDeadline() => Deadline = queues.Count == 0
        ? null
        : queues.Values.Min(queue => queue[0].Due < queue[0].Deadline ? queue[0].Due : queue[0].Deadline);
}
