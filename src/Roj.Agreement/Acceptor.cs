using Roj.Agreement.Wire;
using Roj.Kernel;
using Outbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Agreement.Wire.AgreementMessage, Roj.Agreement.AgreementEvent, Roj.Agreement.AgreementEffect>;

namespace Roj.Agreement;

/// <summary>One of those whose majority decides: keeps, for each register, what it promised and what it took.</summary>
/// <remarks>Rule 2 of the register. Every answer that gives something away stands behind the <see cref="AgreementEffect.Save"/> that it
/// rests on.</remarks>
public sealed class Acceptor
{
    private readonly SortedDictionary<RegisterName, Slot> slots = [];

    /// <summary>An acceptor, with what it kept in earlier lives.</summary>
    public Acceptor(IEnumerable<KeyValuePair<RegisterName, Slot>> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        foreach (var (name, slot) in kept)
            slots.Add(name, slot);
    }

    /// <summary>What it keeps of a register.</summary>
    public Slot Find(RegisterName name) => slots.GetValueOrDefault(name) ?? Slot.Unknown;

    /// <summary>A proposer says something.</summary>
    public void Receive(NodeId from, AgreementMessage message, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        var slot = Find(message.Name);
        switch (message)
        {
            case AgreementMessage.Ask ask:
                outbox.Send(from, new AgreementMessage.Told(ask.Name, ask.Ballot, slot.Accepted, slot.Content));
                break;
            case AgreementMessage.Prepare prepare when prepare.Ballot > slot.Promised:
                Save(prepare.Name, slot with { Promised = prepare.Ballot }, outbox);
                outbox.Send(from, new AgreementMessage.Promise(prepare.Name, prepare.Ballot, slot.Accepted, slot.Content));
                break;
            case AgreementMessage.Accept accept when accept.Ballot == slot.Accepted || accept.Ballot >= slot.Promised:
                Take(from, slot, accept, outbox);
                break;
            case AgreementMessage.Prepare or AgreementMessage.Accept:
                outbox.Send(from, new AgreementMessage.Refused(message.Name, message.Ballot, slot.Promised));
                break;
            default:
                break; // an answer, which is none of ours
        }
    }

    private void Take(NodeId from, Slot slot, AgreementMessage.Accept accept, Outbox outbox)
    {
        // Whoever accepts promises: nothing below this is taken any more. The next attempt is promised in the same breath, unless another
        // was promised meanwhile. What was taken already is acknowledged again: the answer may have been lost.
        var atLeast = accept.Ballot > slot.Promised ? accept.Ballot : slot.Promised;
        var isNextPromised = accept.Next > accept.Ballot && accept.Next >= atLeast;
        var taken = new Slot(isNextPromised ? accept.Next : atLeast, accept.Ballot, accept.Content);
        if (accept.Ballot != slot.Accepted || taken.Promised != slot.Promised)
            Save(accept.Name, taken, outbox);
        outbox.Send(from, new AgreementMessage.Accepted(accept.Name, accept.Ballot, isNextPromised ? accept.Next : Ballot.None));
    }

    private void Save(RegisterName name, Slot slot, Outbox outbox)
    {
        slots[name] = slot;
        outbox.Do(new AgreementEffect.Save(name, slot));
    }
}
