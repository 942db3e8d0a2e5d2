using Roj.Simulation.Tokens;
using Xunit;

namespace Roj.Simulation.Tests.Tokens;

/// <summary>Seeds that once went wrong, each named after what was wrong with the code.</summary>
public sealed class OnceWrongTests
{
    [Theory]
    [InlineData(87UL)] // a datagram that was overtaken took a waiter's sight of the token back
    public void What_was_said_before_and_comes_late_is_no_news(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(287UL)] // the weaker one had the same epoch, and more turns: its fence was higher for long
    public void A_token_rises_above_a_destroyed_one_of_its_own_epoch(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(15464UL)] // by a majority: of one turn less progress was seen behind more
    public void What_was_said_earlier_in_the_same_turn_is_no_news(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(7056UL)] // of one founder: the watch had not heard of the later rosters, which all had
    public void All_have_a_seat_who_say_so(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(6621UL)] // who left was cut off with a token half read, which it was given before the others had heard that it goes
    public void Who_leaves_passes_on_what_it_is_given_meanwhile(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(4UL)] // all claimed, were handed it, and were granted another epoch, for ever
    [InlineData(16UL)]
    [InlineData(50UL)]
    public void Who_claims_is_not_handed_the_lease_at_the_same_time(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(2176UL)] // who saw it go round went on claiming, for five seconds each time, and took no offers meanwhile
    [InlineData(7456UL)]
    [InlineData(18772UL)]
    public void Who_claims_in_vain_is_not_left_out_for_long(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(13504UL)] // the lease went over, and who had handed it over took the late answer to his second asking for a refusal
    public void What_an_acceptor_says_to_a_repetition_is_no_refusal(ulong seed) => ComesRight(seed);

    private static void ComesRight(ulong seed) => Assert.Null(new TokenRun(seed).Run());
}
