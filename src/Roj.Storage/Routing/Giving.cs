using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Has nodes keep a version that is there already, and waits until all have it, or a later one.</summary>
internal sealed class Giving : Routed
{
    private readonly List<NodeId> waited = [];
    private bool isRefused;

    /// <param name="router">Whose one it is.</param>
    /// <param name="at">The time.</param>
    /// <param name="to">Whom to give it to.</param>
    /// <param name="key">Which key.</param>
    /// <param name="entry">The version.</param>
    /// <param name="done">Told whether all have it.</param>
    public Giving(Router router, Moment at, IEnumerable<NodeId> to, StorageKey key, Entry entry, Action<bool> done)
        : base(router, answer => done(answer is StorageAnswer.Done { IsApplied: true }))
    {
        Due = at.Now + router.Settings.CallPatience;
        foreach (var node in to)
        {
            if (node == router.Settings.Self)
            {
                isRefused |= router.Replica.Put(key, entry, out _, router.Outbox) is Putting.NoRoom;
                continue;
            }

            waited.Add(node);
            router.Outbox.Send(node, new StorageMessage.Put(Id, key, entry, router.Clock.TimeAt(at)));
        }

        Conclude();
    }

    /// <inheritdoc/>
    public override void Hear(Moment at, NodeId from, StorageMessage message)
    {
        if (!waited.Remove(from))
            return;
        isRefused |= message is not (StorageMessage.Stored or StorageMessage.Newer);
        Conclude();
    }

    /// <inheritdoc/>
    public override void Late(Moment at) => End(StorageAnswer.Done.No);

    /// <inheritdoc/>
    public override void Lose(Moment at, NodeId node)
    {
        if (waited.Contains(node))
            End(StorageAnswer.Done.No);
    }

    private void Conclude()
    {
        if (waited.Count == 0)
            End(isRefused ? StorageAnswer.Done.No : StorageAnswer.Done.Yes);
    }
}
