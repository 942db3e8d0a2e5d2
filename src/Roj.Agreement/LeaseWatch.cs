using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Leases whose end is waited for: an acceptor knows it without asking, when nobody has renewed what it took.</summary>
internal sealed class LeaseWatch
{
    private readonly SortedDictionary<(ushort Slot, RegisterName Name), Instant?> ends = []; // null: nobody has it

    /// <summary>When <see cref="Tick"/> is next due; null while none is held.</summary>
    public Instant? Deadline { get; private set; }

    public void Add(ushort slot, RegisterName name) => ends.TryAdd((slot, name), null);

    /// <summary>A lease was granted, or renewed.</summary>
    public void Guarded(ushort slot, RegisterName name, Instant until)
    {
        if (!ends.ContainsKey((slot, name)))
            return;
        ends[(slot, name)] = until;
        SetDeadline();
    }

    /// <summary>A lease was given back.</summary>
    public void Freed(ushort slot, RegisterName name, AgreementOutbox outbox)
    {
        if (!ends.ContainsKey((slot, name)))
            return;
        ends[(slot, name)] = null;
        SetDeadline();
        outbox.Emit(new AgreementEvent.Vacant(name));
    }

    public void Tick(Instant now, AgreementOutbox outbox)
    {
        if (Deadline is not { } due || due > now)
            return;
        List<(ushort Slot, RegisterName Name)> lapsed = [];
        foreach (var (watched, end) in ends)
        {
            if (end <= now)
                lapsed.Add(watched);
        }

        foreach (var (slot, name) in lapsed)
            Freed(slot, name, outbox);
    }

    private void SetDeadline()
    {
        Deadline = null;
        foreach (var end in ends.Values)
            Deadline = Instant.Earliest(Deadline, end);
    }
}
