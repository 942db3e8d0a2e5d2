using Roj.Agreement;
using Roj.Simulation.Agreement;
using Roj.Token;
using Roj.Token.Wire;
using Answer = Roj.Agreement.Outcome;

namespace Roj.Simulation.Tokens;

/// <summary>What one life of a node has to do with the token's register: claims, hands over, takes over, gives back.</summary>
internal sealed class TokenLease(TokenPart part, LeasedPassing passing, TokenNode node, AgreementMember agreement, TimeSpan duration)
{
    private ChangeId? claim;
    private ChangeId? hand;

    public void Do(TokenEffect effect)
    {
        var machine = node.Machine;
        switch (effect)
        {
            case TokenEffect.Claim(var patience):
                var isAble = agreement.IsAble;
                agreement.Do((registers, outbox) =>
                {
                    claim = registers.Claim(machine.Now, TokenPart.Register, duration, outbox, patience);
                });
                if (!isAble)
                    Later(() => part.Give((now, outbox) => passing.Denied(now, "this node can't keep anything at the moment", outbox)));
                break;
            case TokenEffect.Hand(var to, var boot, var stamp):
                var mayHand = agreement.IsAble && node.Epoch is not null;
                agreement.Do((registers, outbox) =>
                {
                    hand = registers.Hand(machine.Now, TokenPart.Register, to, boot, StampCodec.Write(stamp), outbox);
                });
                if (!mayHand)
                    Later(() => part.Give((now, outbox) => passing.Handed(now, isDone: false, outbox)));
                break;
            case TokenEffect.TakeOver(var epoch, var lasts, var since):
                var isHeld = false;
                agreement.Do((registers, _) => { isHeld = registers.TakeOver(machine.Now, TokenPart.Register, epoch, lasts, since); });
                part.Give((now, outbox) => passing.TakenOver(now, isHeld, outbox));
                break;
            case TokenEffect.Release:
                agreement.Do((registers, outbox) => registers.Release(machine.Now, TokenPart.Register, outbox));
                break;
        }
    }

    public void Hear(AgreementEvent what)
    {
        switch (what)
        {
            case AgreementEvent.Lapsed(var name, var epoch) when name == TokenPart.Register:
                part.Give((now, outbox) => passing.Lapsed(now, epoch, outbox));
                break;
            case AgreementEvent.Vacant(var name) when name == TokenPart.Register:
                part.Give((now, outbox) => passing.Vacant(now, outbox));
                break;
        }
    }

    public void Hear(Answer answer)
    {
        if (answer.Id == claim)
        {
            claim = null;
            // Granted too late, it is over already, and nothing else tells so.
            if (answer.Applied is Applied.Yes && node.Epoch is { } epoch)
                part.Give((now, outbox) => passing.Granted(now, epoch, HeaderOf(answer), outbox));
            else
                part.Give((now, outbox) => passing.Denied(now, answer.Refusal.ToString(), outbox));
        }
        else if (answer.Id == hand)
        {
            hand = null;
            part.Give((now, outbox) => passing.Handed(now, answer.Applied is Applied.Yes, outbox));
        }
    }

    /// <summary>While the disk is full agreement tells nothing, of the lease's end neither.</summary>
    public void Look()
    {
        if (node.Epoch is null && passing.State is TokenState.Owner or TokenState.Passing)
            part.Give((now, outbox) => passing.Lapsed(now, passing.Own.Epoch, outbox));
    }

    private static TokenStamp HeaderOf(Answer answer) =>
        answer.Content?.Data is { } data ? StampCodec.Read(data.Span) : TokenStamp.None;

    private void Later(Action what) => node.Machine.After(TimeSpan.Zero, () =>
    {
        what();
        part.Turn();
    });
}
