using Roj.Simulation.Elections;
using Xunit;

namespace Roj.Simulation.Tests.Elections;

/// <summary>Seeds that once went wrong, each named after what was wrong with the code.</summary>
public sealed class OnceWrongTests
{
    [Theory]
    [InlineData(237UL)] // the only candidate, whose disk was full, claimed, was denied and claimed again, all at one instant
    public void Who_was_denied_does_not_stand_again_at_once(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(9UL)] // a follower that heard nothing took its waiting for having stood still, and followed for ever
    public void A_silent_leader_is_missed(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(18UL)] // two claims were granted: the second lease ended under an epoch that the leader did not go by
    public void Who_claimed_twice_leads_under_the_later_lease(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(41UL)] // with a timeout shorter than the heartbeat who came led, before the leader could say that he was there
    public void A_leader_has_the_time_to_say_that_he_is_there(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(10768UL)] // granted so late that it was over, a lease was waited for for ever
    public void A_lease_that_is_granted_too_late_is_denied(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(20UL)] // an acceptor that had promised another refused renewals: when a follower died the lease lapsed
    public void A_lease_is_renewed_by_all_who_live(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(177UL)] // who stood still went on telling the ring that he leads: an answer that had waited for him woke nobody up
    [InlineData(895UL)]
    public void A_leader_that_stood_still_tells_the_ring_nothing(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(373UL)] // who led came back before he was missed; a follower's candidacy went past him, came home and was forgotten
    [InlineData(522UL)]
    [InlineData(6416UL)] // by a majority: what had been overheard of a leader was repeated when his lease was over already
    public void Whose_candidacy_comes_home_though_he_follows_waits_for_nobody(ulong seed) => ComesRight(seed);

    [Theory]
    [InlineData(9318UL)] // a leader had laid it down, and what it had sent round the ring before had it followed again
    [InlineData(17155UL)] // the same
    [InlineData(16704UL)] // a lease that was taken for over was renewed after all: its holder led no more, and kept it
    public void A_lease_that_is_over_is_given_back(ulong seed) => ComesRight(seed);

    private static void ComesRight(ulong seed) => Assert.Null(new ElectionRun(seed).Run());
}
