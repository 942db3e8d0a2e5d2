using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Brings changes to the first live replica of their slot, so that proposers don't duel (rule 9), and carries them out here when
/// that one does not answer.</summary>
internal sealed class Router(NodeId self, Slots slots, ProposerSettings settings)
{
    /// <summary>Registers whose last known version is remembered; beyond, all are forgotten.</summary>
    private const int VersionsMax = 16 * 1024;

    private readonly Table<ChangeId, Errand> errands = new();
    private readonly SortedDictionary<(Instant Due, ChangeId Id), Errand> agenda = [];
    private readonly Table<(ushort Slot, RegisterName Name), ulong> versions = new();
    private readonly SortedSet<NodeId> lost = [];
    private IReadOnlyCollection<NodeId> alive = [];

    /// <summary>When <see cref="TakeLate"/> is next due; null while nothing is under way.</summary>
    public Instant? Deadline
    {
        get
        {
            foreach (var (due, _) in agenda.Keys)
                return due;
            return null;
        }
    }

    /// <summary>Who is here, this node always.</summary>
    public void Alive(IReadOnlyCollection<NodeId> nodes) => alive = nodes;

    /// <summary>A node hung up, or could not be called: until it is heard again others are asked.</summary>
    public void Lost(Instant now, NodeId node)
    {
        if (lost.Add(node))
            HurryFor(now);
    }

    /// <summary>A node says something.</summary>
    public void Heard(NodeId node) => lost.Remove(node);

    /// <summary>Whether a node is here, as far as is known.</summary>
    public bool IsHereNow(NodeId node) => node == self || IsHere(node);

    /// <summary>Whether most of these are here.</summary>
    public bool IsMajorityHere(IReadOnlyList<NodeId> nodes) => 2 * nodes.Count(IsHereNow) > nodes.Count;

    /// <summary>Just enough of those who are here, this node first, the others in turns: most readings need no more. Null if there are not
    /// so many, or others are needed besides.</summary>
    public List<NodeId>? MajorityHere(ReplicaSet set, ulong turn)
    {
        if (set.Next is not null)
            return null;
        var (members, enough) = (set.Members, (List<NodeId>)[]);
        if (set.Has(self))
            enough.Add(self);
        var first = (int)(turn % (ulong)members.Count);
        for (var i = 0; i < members.Count && 2 * enough.Count <= members.Count; i++)
        {
            if (members[(first + i) % members.Count] is var other && other != self && IsHere(other))
                enough.Add(other);
        }

        return 2 * enough.Count > members.Count ? enough : null;
    }

    /// <summary>The replica that proposes for a slot; null if none is known to be alive.</summary>
    public NodeId? FirstLiveOf(ushort slot) => FirstOf(slot, alive.Contains);

    private NodeId? FirstOf(ushort slot, Func<NodeId, bool> isHere)
    {
        if (slots.Find(slot) is not { Set: var set })
            return null;
        foreach (var member in set.All)
        {
            if (member == self || isHere(member))
                return member;
        }

        return null;
    }

    /// <summary>Sends a request to the first live replica, if that is not this node.</summary>
    /// <returns>Whether it is on its way.</returns>
    public bool TrySend(Instant now, Request request, AgreementOutbox outbox)
    {
        if (FirstOf(request.Slot, IsHere) is not { } first || first == self || errands.Count >= settings.RequestsMax
            || errands.Has(request.Id))
        {
            return false;
        }

        var since = request.TriedSince ?? request.AskedAt ?? VersionOf(request.Slot, request.Name);
        var due = now + settings.ForwardPatience;
        var errand = new Errand(request, first, since, due < request.Deadline ? due : request.Deadline);
        errands.Add(request.Id, errand);
        agenda.Add((errand.Due, request.Id), errand);
        outbox.Send(first, new AgreementMessage.Forward(request.Slot, request.Name, request.Id, request.Change, request.TriedSince)
        {
            AskedAt = since,
        });
        return true;
    }

    /// <summary>Somebody to whom a request was sent answers: the request; null if it is not under way with him.</summary>
    public Request? Take(NodeId from, Outcome outcome)
    {
        if (!errands.TryGetValue(outcome.Id, out var errand) || errand.To != from)
            return null;
        Remove(errand);
        return errand.Request;
    }

    /// <summary>Takes out a request whose replica did not answer or is not alive any more: it may have tried it, or not.</summary>
    public (Request Request, ulong TriedSince)? TakeLate(Instant now)
    {
        foreach (var errand in agenda.Values)
        {
            if (errand.Due > now)
                break;
            Remove(errand);
            return (errand.Request, errand.Since);
        }

        return null;
    }

    /// <summary>Those who were asked and are not alive are not waited for.</summary>
    public void HurryFor(Instant now)
    {
        foreach (var errand in agenda.Values.Where(errand => errand.Due > now && !IsHere(errand.To)).ToArray())
        {
            Remove(errand);
            var hurried = errand with { Due = now };
            errands.Add(hurried.Request.Id, hurried);
            agenda.Add((now, hurried.Request.Id), hurried);
        }
    }

    /// <summary>A register was at this version: whatever is tried from now on is tried on that or a later one.</summary>
    public void Saw(ushort slot, RegisterName name, ulong version)
    {
        if (versions.Count >= VersionsMax)
            versions.Clear();
        versions[(slot, name)] = version;
    }

    private ulong VersionOf(ushort slot, RegisterName name) => versions.TryGetValue((slot, name), out var version) ? version : 0;

    private bool IsHere(NodeId node) => alive.Contains(node) && !lost.Contains(node);

    private void Remove(Errand errand)
    {
        errands.Remove(errand.Request.Id);
        agenda.Remove((errand.Due, errand.Request.Id));
    }

    private sealed record Errand(Request Request, NodeId To, ulong Since, Instant Due);
}
