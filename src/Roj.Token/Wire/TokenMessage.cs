namespace Roj.Token.Wire;

/// <summary>What nodes say to each other about one token.</summary>
public abstract record TokenMessage
{
    private TokenMessage()
    {
    }

    /// <summary>TOKEN_IS_HERE: a datagram.</summary>
    /// <param name="Stamp">The token.</param>
    public sealed record Here(TokenStamp Stamp) : TokenMessage;

    /// <summary>WHERE_IS_TOKEN: a datagram.</summary>
    public sealed record Where : TokenMessage;

    /// <summary>TOKEN_WAS_HERE_RECENTLY: a datagram.</summary>
    public sealed record Recently : TokenMessage;

    /// <summary>GENERATING_TOKEN: a datagram.</summary>
    /// <param name="Candidate">The token that would be made.</param>
    public sealed record Generating(TokenStamp Candidate) : TokenMessage;

    /// <summary>TAKE_TOKEN: by TCP. The receiver's from here on in <c>available</c> mode; in <c>quorum</c> mode an offer.</summary>
    /// <param name="Stamp">The token.</param>
    /// <param name="Data">The result so far.</param>
    public sealed record Take(TokenStamp Stamp, ReadOnlyMemory<byte> Data) : TokenMessage;

    /// <summary>What was given is kept: by TCP.</summary>
    /// <param name="Stamp">As it was given.</param>
    /// <param name="Boot">In which of the receiver's lives.</param>
    public sealed record Taken(TokenStamp Stamp, uint Boot) : TokenMessage;

    /// <summary>What was given is not wanted: by TCP.</summary>
    /// <param name="Stamp">As it was given.</param>
    /// <param name="Known">What is stronger.</param>
    public sealed record Refused(TokenStamp Stamp, TokenStamp Known) : TokenMessage;

    /// <summary>The lease has been handed over, and the turn with it: by TCP, in <c>quorum</c> mode.</summary>
    /// <param name="Stamp">As it was offered.</param>
    /// <param name="Lease">For how long it is.</param>
    public sealed record Yours(TokenStamp Stamp, TimeSpan Lease) : TokenMessage;

    /// <summary>Asks for the result as it was last known: by TCP, in <c>quorum</c> mode.</summary>
    /// <param name="Than">Only if it is stronger than this.</param>
    public sealed record Fetch(TokenStamp Than) : TokenMessage;

    /// <summary>The result as it was last known: by TCP, in <c>quorum</c> mode.</summary>
    /// <param name="Stamp">Of which token.</param>
    /// <param name="Data">The result.</param>
    public sealed record Fetched(TokenStamp Stamp, ReadOnlyMemory<byte> Data) : TokenMessage;
}
