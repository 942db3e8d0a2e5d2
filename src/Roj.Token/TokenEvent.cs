using Roj.Kernel;

namespace Roj.Token;

/// <summary>What passing a token tells its own node.</summary>
public abstract record TokenEvent
{
    private TokenEvent()
    {
    }

    /// <summary>It is this node's turn.</summary>
    /// <param name="Stamp">Under which it works.</param>
    /// <param name="Data">The result so far.</param>
    public sealed record Held(TokenStamp Stamp, ReadOnlyMemory<byte> Data) : TokenEvent;

    /// <summary>It is this node's turn no more, though it did not pass the token on: what was started must be over.</summary>
    /// <param name="Stamp">Under which it worked.</param>
    /// <param name="Why">Why, for people.</param>
    public sealed record Lost(TokenStamp Stamp, string Why) : TokenEvent;

    /// <summary>The next one has it.</summary>
    /// <param name="Stamp">Under which he works.</param>
    /// <param name="To">Who.</param>
    public sealed record Passed(TokenStamp Stamp, NodeId To) : TokenEvent;

    /// <summary>What was done under a token counts no more: another won, which is not as far, or does not build on it.</summary>
    /// <param name="Stamp">How far it was.</param>
    /// <param name="By">The one that won, if that is known.</param>
    /// <param name="Why">Why, for people.</param>
    public sealed record Dropped(TokenStamp Stamp, TokenStamp By, string Why) : TokenEvent;

    /// <summary>Another holder than before, as far as this node has heard.</summary>
    /// <param name="Holder">Who.</param>
    /// <param name="Stamp">Under which.</param>
    public sealed record Seen(NodeId Holder, TokenStamp Stamp) : TokenEvent;

    /// <summary>A step towards a new token, for the log.</summary>
    /// <param name="What">What was done, for people.</param>
    public sealed record Step(string What) : TokenEvent;
}
