using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Host.Tokens;

/// <summary>Whatever work does, its turn ends, and what it gave is right or nothing.</summary>
public sealed class TokenWorkerTests
{
    private static readonly TokenTurn turn = new("x", 5, "five"u8.ToArray(), new Fence("token/x", 1, 2));

    private readonly List<string> faults = [];

    [Fact]
    public async Task What_it_gives_is_taken_if_progress_does_not_fall()
    {
        Assert.Equal(6UL, (await DoneAsync((_, _) => Result(6)))!.Progress);
        Assert.Equal(5UL, (await DoneAsync((_, _) => Result(5)))!.Progress);
        Assert.Null(await DoneAsync((_, _) => Task.FromResult<TokenResult?>(null)));
        Assert.Empty(faults);
        Assert.Null(await DoneAsync((_, _) => Result(4)));
        Assert.Equal(["its progress fell"], faults);
    }

    [Fact]
    public async Task What_is_longer_than_may_be_is_nothing()
    {
        Assert.NotNull(await DoneAsync((_, _) => Result(6, TokenFrame.DataMax)));
        Assert.Null(await DoneAsync((_, _) => Result(6, TokenFrame.DataMax + 1)));
        Assert.StartsWith("it gave more than", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_throws_is_told_and_what_is_cancelled_with_its_turn_is_not()
    {
        Assert.Null(await DoneAsync((_, _) => throw new InvalidOperationException("no")));
        Assert.Equal(["no"], faults);
        using var over = new CancellationTokenSource();
        var working = new TokenWorker(new Made((_, lost) => Forever(lost)), faults.Add).WorkAsync(turn, over);
        await over.CancelAsync();
        Assert.Null(await working.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken));
        Assert.Single(faults);
    }

    [Fact]
    public async Task What_takes_too_long_is_left_behind()
    {
        var never = new TaskCompletionSource<TokenResult?>();
        Assert.Null(await DoneAsync((_, _) => never.Task));
        Assert.StartsWith("it took longer than", Assert.Single(faults), StringComparison.Ordinal);
    }

    private static Task<TokenResult?> Result(ulong progress, int length = 1) =>
        Task.FromResult<TokenResult?>(new TokenResult(progress, new byte[length]));

    private static async Task<TokenResult?> Forever(CancellationToken lost)
    {
        await Task.Delay(Timeout.Infinite, lost);
        return null;
    }

    private async Task<TokenResult?> DoneAsync(Func<TokenTurn, CancellationToken, Task<TokenResult?>> work)
    {
        using var over = new CancellationTokenSource();
        var working = new TokenWorker(new Made(work), faults.Add).WorkAsync(turn, over);
        return await working.WaitAsync(TokenWorker.HoldMax + Soon.Limit, TestContext.Current.CancellationToken);
    }

    private sealed class Made(Func<TokenTurn, CancellationToken, Task<TokenResult?>> work) : ITokenWork
    {
        public string Kind => "made";

        public Task<TokenResult?> WorkAsync(TokenTurn turn, CancellationToken lost) => work(turn, lost);
    }
}
