using Roj.Kernel;

namespace Roj.Token;

/// <summary>How a node passes one token. Times are those of the seed, which hold in <c>available</c> mode unless it is said
/// otherwise.</summary>
public sealed record TokenSettings
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Which of its lives this is; told to who hands a lease over.</summary>
    public uint Boot { get; init; }

    /// <summary>How often the owner says that the token is here; in both modes.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a waiter hears nothing of it before it takes it for out of sight.</summary>
    public TimeSpan WaiterTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a loser asks where it is.</summary>
    public TimeSpan AskTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a loser gets no answer before it offers to make a new one.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nobody may object to that.</summary>
    public TimeSpan GeneratingTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>An owner that stood still for longer than this hears the others before anything that it did counts.</summary>
    public TimeSpan StandstillMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long who was given the token may take to say so, before it is given to him again; twice as long each time.</summary>
    public TimeSpan PassPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The lease that makes an owner in <c>quorum</c> mode; a waiter that has heard nothing for that long and a
    /// heartbeat claims it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How much further than what this node knows another may say that the work is. Where anybody may join, somebody who says that
    /// it is at the end of all numbers would stop it for good.</summary>
    public ulong ProgressLeapMax { get; init; } = TokenStamp.NumberMax;

    /// <summary>Whether what was taken is durable before that is said. Without it a machine that loses its power may forget a token that it
    /// has passed on already, and take it twice.</summary>
    public bool SavesFirst { get; init; } = true;
}
