using Roj.Kernel;
using Roj.Token;

namespace Roj.Host.Tokens;

/// <summary>Who held a token when, and how far it got, as far as a node knows: the last of it.</summary>
/// <param name="nameOf">What to call a node.</param>
internal sealed class TokenLog(Func<NodeId, string> nameOf)
{
    /// <summary>How many entries are remembered.</summary>
    public const int Max = 256;

    // Others' turns are noted so often at most: a token may go round ten thousand times a second.
    private static readonly TimeSpan SeenPace = TimeSpan.FromMilliseconds(100);

    private readonly Queue<TokenLogEntry> entries = new(Max);
    private DateTimeOffset seenAt;

    /// <summary>All that are remembered, the latest last.</summary>
    public IReadOnlyList<TokenLogEntry> All => [.. entries];

    /// <summary>Notes what happened.</summary>
    /// <param name="self">The node.</param>
    /// <param name="what">What.</param>
    public void Add(NodeId self, TokenEvent what)
    {
        var now = DateTimeOffset.UtcNow;
        if (what is TokenEvent.Seen(var who, _) && (who == self || now - seenAt < SeenPace))
            return; // its own turns are noted as such
        if (what is TokenEvent.Seen)
            seenAt = now;
        if (entries.Count == Max)
            entries.Dequeue();
        entries.Enqueue(EntryOf(now, self, what));
    }

    private TokenLogEntry EntryOf(DateTimeOffset now, NodeId self, TokenEvent what) => what switch
    {
        TokenEvent.Held(var stamp, _) => Entry(now, "held", self, stamp, "it is this node's turn"),
        TokenEvent.Passed(var stamp, var to) => Entry(now, "passed", to, stamp, $"passed on to {nameOf(to)}"),
        TokenEvent.Lost(var stamp, var why) => Entry(now, "lost", null, stamp, why),
        TokenEvent.Dropped(var stamp, var by, var why) => Entry(now, "dropped", null, stamp, Words(stamp, by, why)),
        TokenEvent.Seen(var holder, var stamp) => Entry(now, "seen", holder, stamp, $"{nameOf(holder)} has it"),
        TokenEvent.Step(var step) => Entry(now, "step", null, default, step),
        _ => throw new ArgumentException($"no such event: {what.GetType().Name}", nameof(what)),
    };

    /// <summary>What was dropped, in a sentence.</summary>
    public static string Words(TokenStamp stamp, TokenStamp by, string why) =>
        $"what was done up to progress {stamp.Progress} under {stamp.Epoch}.{stamp.Sequence} counts no more: {why}"
        + (by.IsNone ? "" : $"; the other is at {by.Progress} under {by.Epoch}.{by.Sequence}");

    private TokenLogEntry Entry(DateTimeOffset at, string kind, NodeId? holder, TokenStamp stamp, string message) =>
        new(at, kind, holder, holder is { } node ? nameOf(node) : null, stamp, message);
}
