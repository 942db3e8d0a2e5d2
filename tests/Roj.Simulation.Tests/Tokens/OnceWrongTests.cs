using Roj.Simulation.Tokens;
using Xunit;

namespace Roj.Simulation.Tests.Tokens;

/// <summary>Seeds that once went wrong, each named after what was wrong with the code.</summary>
public sealed class OnceWrongTests
{
    [Theory]
    [InlineData(29UL)] // a datagram that was overtaken took a waiter's sight of the token back
    [InlineData(72UL)] // by a majority
    [InlineData(153UL)]
    public void What_was_said_before_and_comes_late_is_no_news(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(1729UL)] // the weaker one had the same epoch, and more turns: its fence was higher for long
    [InlineData(2209UL)]
    [InlineData(3119UL)]
    public void A_token_rises_above_a_destroyed_one_of_its_own_epoch(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(3277UL)] // who was given it had gone a moment before, and nothing had been sent
    public void Who_goes_before_the_token_was_sent_to_him_is_passed_over(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(2UL)] // a claim that was granted later than the hand-over laid the turn down, and told nobody
    [InlineData(50UL)] // all claimed, were handed it, and were granted another epoch, for ever
    [InlineData(110UL)]
    public void Who_claims_is_not_handed_the_lease_at_the_same_time(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(4UL)] // an answer to a claim of before was taken for another epoch than the one that was handed over
    [InlineData(86UL)]
    public void What_is_granted_is_not_the_epoch_that_was_handed_over_already(ulong seed) => ComesRight(seed);

    private static void ComesRight(ulong seed) => Assert.Null(new TokenRun(seed).Run());
}
