using Roj.Kernel;

namespace Roj.Token;

/// <summary>What a node knows of a token and must not forget: the strongest that it has seen, with its data, and which turns it has
/// had.</summary>
public sealed class TokenMemory
{
    /// <summary>An epoch that is further than this beyond the last one known is not believed: nobody makes so many, and after the greatest
    /// number none could be made any more.</summary>
    public const ulong EpochLeapMax = 1UL << 32;

    /// <summary>Tokens whose last turn here is remembered.</summary>
    public const int TurnsMax = 16;

    private readonly List<TokenStamp> turns = [];

    /// <summary>The strongest that was seen with its data.</summary>
    public TokenStamp Best { get; private set; }

    /// <summary>Its data.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>The highest epoch that was heard of.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>How many tokens this node has made.</summary>
    public ulong Revision { get; private set; }

    /// <summary>The last turn that this node was given of each token, the latest token last.</summary>
    public IReadOnlyList<TokenStamp> Turns => turns;

    /// <summary>What was kept.</summary>
    public static TokenMemory Of(
        TokenStamp best, ReadOnlyMemory<byte> data, ulong epoch, ulong revision, IReadOnlyList<TokenStamp> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(turns.Count, TurnsMax);
        var memory = new TokenMemory { Best = best, Data = data, Epoch = epoch, Revision = revision };
        memory.turns.AddRange(turns);
        return memory;
    }

    /// <summary>What is still worth something when epochs begin anew, as they are leases from now on, or are none any more: the
    /// work.</summary>
    public TokenMemory OfWork() => new()
    {
        Best = Best with { Epoch = 0, Sequence = 0 },
        Data = Data,
        Revision = Revision,
    };

    /// <summary>Whether what a stamp says can be so, as far as this node knows.</summary>
    /// <param name="stamp">It.</param>
    /// <param name="leapMax">How much further than what this node knows the work may be.</param>
    public bool Believes(TokenStamp stamp, ulong leapMax) => !stamp.IsNone
        && Math.Max(Math.Max(stamp.Sequence, stamp.Progress), Math.Max(stamp.Epoch, stamp.Revision)) <= TokenStamp.NumberMax
        && (stamp.Epoch <= Epoch || stamp.Epoch - Epoch <= EpochLeapMax)
        && (stamp.Progress <= Best.Progress || stamp.Progress - Best.Progress <= leapMax);

    /// <summary>A token was heard of: the next one that is made has a higher epoch.</summary>
    public void Hear(TokenStamp stamp) => Epoch = Math.Max(Epoch, stamp.Epoch);

    /// <summary>This is the strongest, with its data.</summary>
    public void Learn(TokenStamp stamp, ReadOnlyMemory<byte> data)
    {
        (Best, Data) = (stamp, data);
        Hear(stamp);
    }

    /// <summary>Whether this node has had that turn, or a later one of the same token.</summary>
    public bool HasHad(TokenStamp stamp)
    {
        foreach (var turn in turns)
        {
            if (turn.IsOf(stamp))
                return turn.Turn.CompareTo(stamp.Turn) >= 0;
        }

        return false;
    }

    /// <summary>Whether this node has had a turn of another token that stands as high as that one's epoch, or higher: what is written under
    /// that one would be refused where something was written under the other.</summary>
    public bool HasHadAbove(TokenStamp stamp)
    {
        foreach (var turn in turns)
        {
            if (turn.Epoch >= stamp.Epoch && !turn.IsOf(stamp))
                return true;
        }

        return false;
    }

    /// <summary>This node has been given that turn.</summary>
    public void Give(TokenStamp stamp)
    {
        turns.RemoveAll(turn => turn.IsOf(stamp));
        if (turns.Count == TurnsMax)
            turns.RemoveAt(0);
        turns.Add(stamp);
        Hear(stamp);
    }

    /// <summary>The token that this node would make now.</summary>
    /// <param name="self">This node.</param>
    public TokenStamp Candidate(NodeId self) => new(Epoch + 1, 1, Best.Progress, self, Revision + 1);

    /// <summary>This node has made a token.</summary>
    public void Make(TokenStamp stamp)
    {
        Revision = stamp.Revision;
        Give(stamp);
    }
}
