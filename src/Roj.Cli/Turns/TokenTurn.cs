using System.Globalization;
using Roj.Kernel;

namespace Roj.Cli.Turns;

/// <summary>One turn of a token that this program works for, from when it was granted until it is over.</summary>
/// <remarks>It is over once: whatever comes later does not bring it back. May be used by several threads.</remarks>
internal sealed class TokenTurn
{
    // So long before the grant ends what works under it is killed: so that it is dead when the next one begins.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private Instant until;
    private volatile bool isOver;
    private Action? whenOver;

    /// <summary>A turn that was granted.</summary>
    /// <param name="name">Of which token.</param>
    /// <param name="held">What the node said of it.</param>
    /// <param name="since">A moment before it said that.</param>
    public TokenTurn(string name, HoldLine held, Instant since) => (Name, Held, until) = (name, held, since + held.Left);

    /// <summary>Of which token.</summary>
    public string Name { get; }

    /// <summary>What the node said of it when it began.</summary>
    public HoldLine Held { get; }

    /// <summary>Whether it is over.</summary>
    public bool IsOver => isOver;

    /// <summary>Why it is over, for people.</summary>
    public string Why { get; private set; } = "";

    /// <summary>How a node is told which turn is meant.</summary>
    public string Query => string.Create(CultureInfo.InvariantCulture, $"name={Name}&epoch={Held.Epoch}&sequence={Held.Sequence}");

    /// <summary>What a command is told of it.</summary>
    /// <param name="node">What <c>ROJ_NODE</c> says.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Variables(Uri node) =>
    [
        new("ROJ_NODE", node.GetLeftPart(UriPartial.Authority)),
        new("ROJ_TOKEN_NAME", Name),
        new("ROJ_EPOCH", Held.Epoch.ToString(CultureInfo.InvariantCulture)),
        new("ROJ_SEQUENCE", Held.Sequence.ToString(CultureInfo.InvariantCulture)),
        new("ROJ_PROGRESS", Held.Progress.ToString(CultureInfo.InvariantCulture)),
        new("ROJ_FENCE", string.Create(CultureInfo.InvariantCulture, $"token/{Name}:{Held.Epoch}:{Held.Sequence}")),
    ];

    /// <summary>It goes on, unless it is over.</summary>
    /// <param name="since">A moment before the node said so.</param>
    /// <param name="left">For how long.</param>
    /// <param name="now">The time.</param>
    public void Keep(Instant since, TimeSpan left, Instant now)
    {
        lock (gate)
        {
            if (!isOver && !IsDue(now))
                until = since + left > until ? since + left : until;
        }

        Look(now);
    }

    /// <summary>Ends it when its time is over.</summary>
    /// <returns>For how long it goes on without another word of the node; nothing when it is over.</returns>
    public TimeSpan Look(Instant now)
    {
        TimeSpan left;
        lock (gate)
            left = isOver || IsDue(now) ? TimeSpan.Zero : until - Margin - now;
        if (left <= TimeSpan.Zero)
            End("the node did not say in time that it is still its turn");
        return left;
    }

    /// <summary>It is over.</summary>
    /// <param name="why">Why, for people.</param>
    public void End(string why)
    {
        Action? acts;
        lock (gate)
        {
            if (isOver)
                return;
            (Why, isOver, acts) = (why, true, whenOver);
        }

        acts?.Invoke();
    }

    /// <summary>Has something done as soon as it is over, by whoever notices; here and now if it is over already.</summary>
    public void WhenOver(Action act)
    {
        lock (gate)
        {
            if (!isOver)
            {
                whenOver += act;
                return;
            }
        }

        act();
    }

    private bool IsDue(Instant now) => until - Margin <= now;
}
