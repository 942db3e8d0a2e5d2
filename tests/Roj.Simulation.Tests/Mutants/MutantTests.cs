using Roj.Election;
using Roj.Simulation.Agreement;
using Roj.Simulation.Agreement.Seats;
using Roj.Simulation.Elections;
using Roj.Simulation.Logs;
using Roj.Simulation.Neighbourhoods;
using Roj.Simulation.Storage;
using Roj.Simulation.Storage.Quorum;
using Roj.Simulation.Swarms;
using Roj.Simulation.Tests.Swarms;
using Roj.Simulation.Tokens;
using Xunit;

namespace Roj.Simulation.Tests.Mutants;

public sealed class MutantTests
{
    public static IEnumerable<TheoryDataRow<Mutant>> Swarm => Rows(SwarmMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Neighbourhood => Rows(NeighbourhoodMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Sessions => Rows(SessionMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Log => Rows(LogMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Agreeing => Rows(AgreementMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Seats => Rows(SeatsMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Moving => Few(MovesMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Electing => Rows(ElectionMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Circling => Rows(RingMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Passing => Rows(TokenMutants.Free);

    public static IEnumerable<TheoryDataRow<Mutant>> PassingLeases => Rows(TokenMutants.Leased);

    public static IEnumerable<TheoryDataRow<Mutant>> Storing => Few(StorageMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Forgetting => Few(BurialMutants.All);

    public static IEnumerable<TheoryDataRow<Mutant>> Deciding => Few(QuorumMutants.All);

    [Theory]
    [MemberData(nameof(Swarm))]
    public void Is_caught(Mutant mutant) => IsCaughtBy(typeof(SwarmRun), mutant);

    [Theory]
    [MemberData(nameof(Neighbourhood))]
    public void Is_caught_among_members(Mutant mutant) => IsCaughtBy(typeof(NeighbourhoodRun), mutant);

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Is_caught_among_sessions(Mutant mutant) => IsCaughtBy(typeof(SessionsRun), mutant);

    [Theory]
    [MemberData(nameof(Log))]
    public void Is_caught_in_the_log(Mutant mutant) => IsCaughtBy(typeof(LogRun), mutant);

    [Theory]
    [MemberData(nameof(Agreeing))]
    public void Is_caught_among_those_who_agree(Mutant mutant) => IsCaughtBy(typeof(AgreementRun), mutant);

    [Theory]
    [MemberData(nameof(Seats))]
    public void Is_caught_among_seats(Mutant mutant) => IsCaughtBy(typeof(SeatsRun), mutant);

    [Theory]
    [MemberData(nameof(Moving))]
    public void Is_caught_among_slots_that_move(Mutant mutant) => IsCaughtBy(typeof(MovesRun), mutant);

    [Theory]
    [MemberData(nameof(Electing))]
    public void Is_caught_among_those_who_elect(Mutant mutant) =>
        IsCaughtBy(typeof(ElectionRun), mutant, seed => ElectionSetup.Draw(seed).Kind is ElectionKind.Bully);

    [Theory]
    [MemberData(nameof(Circling))]
    public void Is_caught_on_the_ring(Mutant mutant) =>
        IsCaughtBy(typeof(ElectionRun), mutant, seed => ElectionSetup.Draw(seed).Kind is ElectionKind.Ring);

    [Theory]
    [MemberData(nameof(Passing))]
    public void Is_caught_where_a_token_is_passed(Mutant mutant) =>
        IsCaughtBy(typeof(TokenRun), mutant, seed => !TokenSetup.Draw(seed).IsQuorum);

    [Theory]
    [MemberData(nameof(PassingLeases))]
    public void Is_caught_where_a_lease_is_passed(Mutant mutant) =>
        IsCaughtBy(typeof(TokenRun), mutant, seed => TokenSetup.Draw(seed).IsQuorum);

    [Theory]
    [MemberData(nameof(Storing))]
    public void Is_caught_in_the_store(Mutant mutant) => IsCaughtBy(typeof(StoreRun), mutant);

    [Theory]
    [MemberData(nameof(Forgetting))]
    public void Is_caught_where_tombstones_are_dropped(Mutant mutant) => IsCaughtBy(typeof(StoreRun), mutant);

    [Theory]
    [MemberData(nameof(Deciding))]
    public void Is_caught_where_a_majority_decides(Mutant mutant) => IsCaughtBy(typeof(QuorumRun), mutant);

    // Those whose runs are long: the first of each invariant that they name, and of those that name none; all with ./test --all.
    private static IEnumerable<TheoryDataRow<Mutant>> Few(IReadOnlyList<Mutant> mutants) =>
        Rows(Seeds.IsCampaign ? mutants : mutants.DistinctBy(mutant => mutant.Invariant));

    private static IEnumerable<TheoryDataRow<Mutant>> Rows(IEnumerable<Mutant> mutants) =>
        mutants.Select(mutant => new TheoryDataRow<Mutant>(mutant) { TestDisplayName = $"caught: {mutant.Name}" });

    private static void IsCaughtBy(Type run, Mutant mutant, Predicate<ulong>? isOfUse = null)
    {
        Assert.InRange(mutant.Likely, 0, mutant.Seeds);
        using var world = MutantWorld.Build(mutant, run);
        IEnumerable<int> first = mutant.Likely > 0 && !Seeds.IsCampaign ? [mutant.Likely] : [];
        foreach (var seed in first.Concat(Enumerable.Range(1, mutant.Seeds)).Select(number => (ulong)number))
        {
            if (isOfUse?.Invoke(seed) is false || world.Run(seed) is not { } fault)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{mutant.Name}: caught by seed {seed}: {fault}");
            return;
        }

        Assert.Fail($"not caught within {mutant.Seeds} seeds");
    }

    /// <summary>The way in which mutants are built and run changes nothing by itself.</summary>
    [Fact]
    public void The_code_as_it_is_passes()
    {
        var none = new Mutant("no sabotage", "Roj.Files/Uploads.cs", "RequestsOfPeerMax", "RequestsOfPeerMax", 20);
        using var world = MutantWorld.Build(none, typeof(SwarmRun));
        for (var seed = 1UL; seed <= 20; seed++)
            Assert.Null(world.Run(seed));
    }
}
