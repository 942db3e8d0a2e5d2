using Roj.Kernel;

namespace Roj.Files;

/// <summary>Says once each that all pieces were looked at, and that all are right.</summary>
internal sealed class Milestones(ExtensionMessages extensions)
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
            // Whoever hides what it has (Seeding) must say at least that it wants nothing (BEP 21): else two such would never part.
            foreach (var peer in open)
            {
                if (peer is { SpeaksExtensions: true, PeerId.IsRoj: true })
                    extensions.Introduce(peer, isComplete: true, outbox);
            }
        }
    }
}
