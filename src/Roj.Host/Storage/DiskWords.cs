using System.Globalization;
using Roj.Kernel;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>What a store says of its disk: each once, and what is damaged not more than once a minute.</summary>
/// <param name="warn">Whom it tells.</param>
internal sealed class DiskWords(Action<string> warn)
{
    private static readonly TimeSpan pause = TimeSpan.FromMinutes(1);

    private Instant? saidAt;
    private long unsaid;
    private bool isFull;

    /// <summary>Something happened.</summary>
    public void Hear(Instant now, StorageEvent what)
    {
        if (what is not StorageEvent.Damaged(var key))
            return;
        if (saidAt is { } last && now < last + pause)
        {
            unsaid++;
            return;
        }

        var others = unsaid > 0
            ? string.Create(CultureInfo.InvariantCulture, $" (and of {unsaid} since the last time that this was said)")
            : "";
        warn($"what is on the disk of the key {key}{others} is not what was written: it is read from the other copies, by which it is made "
            + "good where there are any; see to the disk");
        (saidAt, unsaid) = (now, 0);
    }

    /// <summary>The disk is full, or is not.</summary>
    public void Room(bool isFull)
    {
        if (isFull == this.isFull)
            return;
        this.isFull = isFull;
        warn(isFull
            ? "the disk is full: this node keeps no more keys until there is room, and reads and deletes go on; it tries again each second"
            : "there is room on the disk again");
    }
}
