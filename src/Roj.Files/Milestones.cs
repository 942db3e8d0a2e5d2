using Roj.Kernel;

namespace Roj.Files;

/// <summary>Says once each that all pieces were looked at, and that all are right.</summary>
internal sealed class Milestones
{
    private bool saidChecked;
    private bool saidComplete;
    private bool sawWrong;

    /// <summary>A piece was hashed.</summary>
    public void Judged(bool right) => sawWrong |= !right;

    /// <summary>Says what is news.</summary>
    public void Announce(Instant now, Transfer transfer, IEnumerable<Peer> open, SwarmOutbox outbox)
    {
        if (transfer.Unchecked > 0)
            return;
        if (!saidChecked)
        {
            saidChecked = true;
            outbox.Emit(new SwarmEvent.Checked(transfer.Have.Count));
            transfer.FillAll(now, open, outbox);
        }

        if (!saidComplete && transfer.IsComplete)
        {
            saidComplete = true;
            outbox.Emit(new SwarmEvent.Completed(sawWrong));
        }
    }
}
