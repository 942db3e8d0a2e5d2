using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>One node's part in telling which keys change, in <c>quorum</c> mode: who had a majority take something tells it, so that
/// whoever is told and reads then finds that, or something later.</summary>
/// <remarks>The learners of Lamport's "Paxos Made Simple" (section 2.3), told by the proposer. Who dies behind a majority's taking and
/// before his telling tells nothing: those who watch hear that he can't be reached, and that something may have been missed.</remarks>
public sealed class QuorumChanges
{
    private readonly Telling telling = new();
    private readonly Watching watching;
    private NodeId[] here = [];

    /// <summary>A node's part; nobody is here yet.</summary>
    public QuorumChanges() => watching = new Watching(() => here, _ => true);

    /// <summary>Whether somebody wants to know what changes here: else it need not be given.</summary>
    public bool IsWatched => telling.HasListeners;

    /// <summary>When <see cref="Tick"/> is next due; null while nobody watches, here or elsewhere.</summary>
    public Instant? Deadline => Instant.Earliest(telling.Deadline, watching.Deadline);

    /// <summary>These nodes can be reached and carry out what is asked of registers, this one among them.</summary>
    public void See(Moment at, IReadOnlyCollection<NodeId> nodes, StorageOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var before = here;
        here = [.. nodes.Order()];
        if (here.SequenceEqual(before))
            return;
        var gone = before.Except(here).ToArray();
        foreach (var node in gone)
            telling.Lose(node);
        watching.See(at, gone, outbox);
    }

    /// <summary>Changes of these keys are told from now on, wherever they happen: <see cref="StorageEvent.KeyChanged"/>, and <see
    /// cref="StorageEvent.ChangesMissed"/> where some may have been missed.</summary>
    /// <param name="at">The time.</param>
    /// <param name="filters">Which, at most <see cref="WatchFilter.FiltersMax"/>; none to end it.</param>
    /// <param name="outbox">Where what follows is asked for; what it says to this node itself is to be given back to it.</param>
    public void Watch(Moment at, IReadOnlyList<WatchFilter> filters, StorageOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filters.Count, WatchFilter.FiltersMax);
        watching.Watch(at, filters, outbox);
    }

    /// <summary>Another node says something; what is not about watching is none of ours.</summary>
    public void Receive(Moment at, NodeId from, StorageMessage message, StorageOutbox outbox)
    {
        switch (message)
        {
            case StorageMessage.Watch watch:
                telling.Hear(at, from, watch);
                break;
            case StorageMessage.Changes changes:
                watching.Hear(from, changes, outbox);
                break;
            default:
                break;
        }
    }

    /// <summary>A majority has taken something, as this node asked for.</summary>
    public void Chosen(Moment at, AgreementEvent.Chosen chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        if (KeySlots.KeyOf(chosen.Name) is not { } key)
            return;
        var kind = chosen.Content.Data is not null ? ChangeKind.Set
            : chosen.Change is RegisterChange.Timed { Step: TimedStep.End } ? ChangeKind.Expired
            : ChangeKind.Deleted;
        telling.Changed(at, KeyChange.OfRegister(key, kind, chosen.Content.Version));
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Moment at, StorageOutbox outbox)
    {
        telling.Tick(at, outbox);
        watching.Tick(at, outbox);
    }
}
