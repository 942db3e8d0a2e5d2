using Roj.Tests.Election;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>What may be said of a token, and what is not believed: at each limit and one past it.</summary>
public sealed class TokenLimitTests
{
    private static readonly TokenStamp stamp = new(1, 1, 0, Painted.Id(2), 1);

    public static TheoryData<int> Numbers => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_have_a_greatest_behind_which_there_is_always_another(int which)
    {
        var memory = TokenMemory.Of(stamp, default, TokenStamp.NumberMax, 1, []);
        Assert.True(memory.Believes(With(which, TokenStamp.NumberMax), ulong.MaxValue));
        Assert.False(memory.Believes(With(which, TokenStamp.NumberMax + 1), ulong.MaxValue));
    }

    [Fact]
    public void An_epoch_may_be_so_far_ahead_and_no_further()
    {
        var memory = TokenMemory.Of(stamp with { Epoch = 5 }, default, 5, 1, []);
        Assert.True(memory.Believes(stamp with { Epoch = 5 + TokenMemory.EpochLeapMax }, 0));
        Assert.False(memory.Believes(stamp with { Epoch = 6 + TokenMemory.EpochLeapMax }, 0));
        Assert.False(memory.Believes(stamp with { Epoch = 0 }, 0)); // of no token
    }

    [Fact]
    public void Progress_may_be_as_far_ahead_as_is_set_and_no_further()
    {
        var memory = TokenMemory.Of(stamp with { Progress = 10 }, default, 1, 1, []);
        Assert.True(memory.Believes(stamp with { Progress = 13 }, 3));
        Assert.False(memory.Believes(stamp with { Progress = 14 }, 3));
        Assert.True(memory.Believes(stamp with { Progress = 9 }, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_not_believed_changes_nothing_and_is_told(bool isLeased)
    {
        var lab = new TokenLab(1, isLeased, settings => settings with { ProgressLeapMax = 3 });
        lab.Meet(1, 2);
        TokenMessage[] lies =
        [
            new TokenMessage.Here(stamp with { Progress = 4 }),
            new TokenMessage.Generating(stamp with { Progress = 4 }),
            new TokenMessage.Take(stamp with { Progress = 4 }, default),
            new TokenMessage.Fetched(stamp with { Progress = 4 }, default),
            new TokenMessage.Refused(stamp, stamp with { Progress = 4 }),
            new TokenMessage.Here(stamp with { Epoch = TokenMemory.EpochLeapMax + 1 }),
            new TokenMessage.Here(TokenStamp.None),
            new TokenMessage.Take(TokenStamp.None, default),
        ];
        var state = lab[1].State;
        foreach (var lie in lies)
            Assert.IsType<TokenEvent.Step>(Assert.Single(lab.Hear(1, 2, lie)));
        Assert.Equal((state, 0UL), (lab[1].State, lab[1].Memory.Epoch));
        lab.Hear(1, 2, new TokenMessage.Here(stamp with { Progress = 3 }));
        Assert.Equal(1UL, lab[1].Memory.Epoch);
    }

    [Fact]
    public void So_many_tokens_turns_are_remembered_and_the_one_had_longest_ago_is_forgotten_first()
    {
        var memory = new TokenMemory();
        for (var revision = 1; revision <= TokenMemory.TurnsMax; revision++)
            memory.Give(stamp with { Revision = (ulong)revision });
        Assert.True(memory.HasHad(stamp));
        memory.Give(stamp with { Sequence = 9 }); // of one that is known already
        Assert.True(memory.HasHad(stamp with { Revision = 2 }));
        memory.Give(stamp with { Revision = TokenMemory.TurnsMax + 1 });
        Assert.Equal(TokenMemory.TurnsMax, memory.Turns.Count);
        Assert.False(memory.HasHad(stamp with { Revision = 2 }));
        Assert.True(memory.HasHad(stamp with { Sequence = 9 }));
        Assert.False(memory.HasHad(stamp with { Sequence = 10 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => TokenMemory.Of(stamp, default, 1, 1, new TokenStamp[TokenMemory.TurnsMax + 1]));
    }

    [Fact]
    public void Of_the_other_mode_the_work_is_left_and_which_tokens_were_made()
    {
        var memory = TokenMemory.Of(stamp with { Progress = 7 }, "abc"u8.ToArray(), 5, 3, [stamp]).OfWork();
        Assert.Equal((0UL, 3UL, 7UL), (memory.Epoch, memory.Revision, memory.Best.Progress));
        Assert.True(memory.Best.IsNone);
        Assert.Empty(memory.Turns);
        Assert.Equal("abc"u8, memory.Data.Span);
    }

    [Fact]
    public void In_available_mode_progress_decides_then_author_then_revision_then_the_later_turn()
    {
        TokenStamp[] order =
        [
            new(9, 9, 1, Painted.Id(2), 9), new(9, 9, 2, Least, 9), new(9, 9, 2, Greatest, 1), new(9, 9, 2, Greatest, 2),
            new(9, 10, 2, Greatest, 2), new(10, 1, 2, Greatest, 2),
        ];
        for (var i = 1; i < order.Length; i++)
        {
            Assert.True(order[i].AgainstFree(order[i - 1]) > 0, $"{i}");
            Assert.True(order[i - 1].AgainstFree(order[i]) < 0, $"{i}");
        }

        Assert.Equal(0, stamp.AgainstFree(stamp));
    }

    [Fact]
    public void In_quorum_mode_the_epoch_decides_whatever_the_progress()
    {
        var (older, newer) = (new TokenStamp(1, 9, 100, Greatest, 9), new TokenStamp(2, 1, 0, Least, 1));
        Assert.True(newer.AgainstLeased(older) > 0);
        Assert.True((newer with { Sequence = 2 }).AgainstLeased(newer with { Progress = 9 }) > 0);
        Assert.Equal(0, newer.AgainstLeased(newer));
    }

    private static Roj.Kernel.NodeId Least => new(1);

    private static Roj.Kernel.NodeId Greatest => new(UInt128.MaxValue);

    private static TokenStamp With(int which, ulong number) => which switch
    {
        0 => stamp with { Epoch = number },
        1 => stamp with { Sequence = number },
        2 => stamp with { Progress = number },
        _ => stamp with { Revision = number },
    };
}
