using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What nodes say to each other of who votes, and of their starts, brought to the part that it is for.</summary>
internal sealed class SeatTalk(
    Slots slots, Proposer proposer, Birth birth, Witnesses witnesses, Seating seating, Stewards stewards, Relocation relocation)
{
    /// <summary>Another node says something.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage message, AgreementOutbox outbox)
    {
        switch (message)
        {
            case AgreementMessage.Adopt(var slot, var state):
                birth.Adopt(from, slot, state, outbox);
                break;
            case AgreementMessage.Adopted adopted:
                if (slots.Find(adopted.Slot) is { } known && adopted.Version < known.Set.Version)
                    outbox.Send(from, new AgreementMessage.Adopt(adopted.Slot, known));
                else if (slots.Find(adopted.Slot)?.Set.Version == adopted.Version)
                    proposer.SayAgain(adopted.Slot, from, outbox);
                seating.Receive(from, adopted);
                relocation.Receive(from, adopted);
                stewards.Receive(now, from, adopted, outbox);
                break;
            case AgreementMessage.Ready ready:
                birth.Receive(now, from, ready, outbox);
                break;
            case AgreementMessage.Pledge pledge:
                birth.Receive(from, pledge, outbox);
                break;
            case AgreementMessage.Booted booted:
                witnesses.Receive(from, booted, outbox);
                break;
            case AgreementMessage.Remembered remembered:
                witnesses.Receive(from, remembered, outbox);
                break;
        }
    }
}
