using Roj.Kernel;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp;

/// <summary>The commands of one connection that have no reply yet, oldest first: replies leave in their order.</summary>
/// <param name="output">Where replies go.</param>
/// <param name="countMax">How many commands may wait.</param>
internal sealed class Replies(RespWriter output, int countMax)
{
    private const int IndexBits = 20; // no command has more calls than arguments
    private const int FirstCount = 4;

    private readonly RespWriter aside = new();
    private Waiting[] ring = new Waiting[FirstCount]; // a power of two
    private ulong first;
    private ulong next;

    /// <summary>Whether all have their replies.</summary>
    public bool IsEmpty => first == next;

    /// <summary>Whether no more commands may wait.</summary>
    public bool IsFull => next - first >= (ulong)countMax;

    /// <summary>Bytes of replies whose turn has not come.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Bytes of answers to the command that still makes calls.</summary>
    public long OpenBytes => !IsEmpty && Newest.IsOpen ? Newest.Bytes : 0;

    private ref Waiting Newest => ref ring[(next - 1) & (ulong)(ring.Length - 1)];

    /// <summary>Where a reply is to be written that is known at once; <see cref="Said"/> must follow, unless nothing was written.</summary>
    public RespWriter Now(int version)
    {
        var writer = IsEmpty ? output : aside;
        writer.Version = version;
        return writer;
    }

    /// <summary>What was written is the reply to the newest command.</summary>
    public void Said()
    {
        if (aside.Length == 0)
            return;
        ref var waiting = ref Add();
        waiting.Ready = aside.Output.ToArray();
        waiting.Bytes = aside.Length;
        HeldBytes += aside.Length;
        aside.Sent(aside.Length);
    }

    /// <summary>The newest command is answered by the store.</summary>
    public void Expect(RespErrand errand, int version)
    {
        ref var waiting = ref Add();
        waiting.Errand = errand;
        waiting.Version = version;
        waiting.IsOpen = true;
    }

    /// <summary>The newest command makes one more call.</summary>
    /// <param name="index">Which, counted from 0.</param>
    /// <param name="isLast">Whether it makes no more.</param>
    public ulong Begin(int index, bool isLast)
    {
        Newest.Missing++;
        Newest.IsOpen = !isLast;
        return ((next - 1) << IndexBits) | ((uint)index & ((1U << IndexBits) - 1));
    }

    /// <summary>A call is answered.</summary>
    public void Answer(ulong id, StorageAnswer answer, int bytes, long now)
    {
        var sequence = id >> IndexBits;
        Check.That(sequence >= first && sequence < next, "an answer to a call that was not made, or a second one");
        ref var waiting = ref ring[sequence & (ulong)(ring.Length - 1)];
        Check.That(waiting is { Errand: not null, Missing: > 0 }, "an answer to a call that was not made, or a second one");
        waiting.Missing--;
        waiting.Bytes += bytes;
        HeldBytes += bytes;
        waiting.Answer = waiting.Errand.Take((int)(id & ((1U << IndexBits) - 1)), answer);
        if (sequence == first)
            Leave(now);
    }

    /// <summary>The newest command makes no more calls, as an answer has shown.</summary>
    public void Close(long now)
    {
        Newest.IsOpen = false;
        Leave(now);
    }

    /// <summary>Gives memory back, if nobody waits.</summary>
    public void Rest()
    {
        aside.Rest();
        if (IsEmpty && ring.Length > FirstCount)
            ring = new Waiting[FirstCount];
    }

    // All whose turn it is by now.
    private void Leave(long now)
    {
        while (first != next)
        {
            ref var waiting = ref ring[first & (ulong)(ring.Length - 1)];
            if (waiting.IsOpen || waiting.Missing > 0)
                return;
            HeldBytes -= waiting.Bytes;
            output.Version = waiting.Version;
            if (waiting.Ready is { } ready)
                output.Raw(ready);
            else
                waiting.Errand!.Answer(output, waiting.Answer!, now);
            waiting = default;
            first++;
        }
    }

    private ref Waiting Add()
    {
        if (next - first == (ulong)ring.Length)
        {
            var larger = new Waiting[ring.Length * 2];
            for (var i = first; i != next; i++)
                larger[i & (ulong)(larger.Length - 1)] = ring[i & (ulong)(ring.Length - 1)];
            ring = larger;
        }

        next++;
        return ref Newest;
    }

    private struct Waiting
    {
        public RespErrand? Errand;
        public StorageAnswer? Answer;
        public byte[]? Ready;
        public int Missing;
        public int Version;
        public bool IsOpen;
        public long Bytes;
    }
}
