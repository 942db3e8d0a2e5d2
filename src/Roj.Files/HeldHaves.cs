using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>What one peer need not hear at once: that we got pieces which it has itself.</summary>
/// <remarks>BEP 3 leaves it open whether such a <c>have</c> is sent. It changes nothing that the peer would do, and is half of all of them:
/// each would wake a process for nothing. So they wait for one that matters, for each other, or for <see
/// cref="SwarmSettings.HaveDelay"/>.</remarks>
internal sealed class HeldHaves(SwarmSettings settings)
{
    private const int Max = 64;

    private readonly List<int> pieces = [];

    /// <summary>When they have waited long enough; null if none does.</summary>
    public Instant? Due { get; private set; }

    /// <summary>Whether no more may wait.</summary>
    public bool IsFull => pieces.Count == Max;

    /// <summary>Has one wait.</summary>
    public void Hold(Instant now, int piece)
    {
        Check.That(!IsFull);
        pieces.Add(piece);
        Due ??= now + settings.HaveDelay;
    }

    /// <summary>Sends those that wait.</summary>
    public void Release(ConnectionId to, SwarmOutbox outbox)
    {
        foreach (var piece in pieces)
            outbox.Send(to, new PeerMessage.Have(piece));
        pieces.Clear();
        Due = null;
    }
}
