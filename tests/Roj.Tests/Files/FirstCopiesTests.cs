using Roj.Files;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class FirstCopiesTests
{
    private static readonly PieceSet all = Swarming.Pieces(8, Enumerable.Range(0, 8));

    [Fact]
    public void Every_piece_comes_once_before_any_comes_twice()
    {
        var copies = new FirstCopies(8, new Rng(1));
        for (var round = 0; round < 3; round++)
            Assert.Equal(Enumerable.Range(0, 8), TakeEight(copies).Order());
    }

    [Fact]
    public void Two_seeders_begin_with_other_pieces()
    {
        var orders = Enumerable.Range(1, 20).Select(seed => string.Concat(TakeEight(new FirstCopies(8, new Rng((ulong)seed)))));
        Assert.Equal(20, orders.Distinct().Count());
    }

    [Fact]
    public void A_copy_that_is_lost_is_made_good_first()
    {
        var copies = new FirstCopies(8, new Rng(1));
        TakeEight(copies);
        copies.Removed(5);
        Assert.Equal(5, copies.Next(all, new PieceSet(8)));
        Assert.NotEqual(5, copies.Next(all, Swarming.Pieces(8, 5)));
    }

    [Fact]
    public void There_is_nothing_for_who_knows_of_everything_nor_from_who_has_nothing()
    {
        var copies = new FirstCopies(8, new Rng(1));
        Assert.Null(copies.Next(all, all));
        Assert.Null(copies.Next(new PieceSet(8), new PieceSet(8)));
        Assert.Null(copies.Next(Swarming.Pieces(8, 1, 2), Swarming.Pieces(8, 1, 2, 3)));
    }

    /// <summary>Any operations: what comes next is as rare as the rarest that a search through everything finds.</summary>
    [Fact]
    public void It_agrees_with_a_dumb_twin()
    {
        for (var seed = 1UL; seed <= 300; seed++)
            Compare(new Rng(seed));
    }

    private static List<int> TakeEight(FirstCopies copies)
    {
        var taken = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            taken.Add(copies.Next(all, new PieceSet(8))!.Value);
            copies.Added(taken[^1]);
        }

        return taken;
    }

    private static void Compare(Rng rng)
    {
        var count = rng.Next(1, 40);
        var copies = new FirstCopies(count, rng.Fork());
        var peers = new List<PieceSet> { new(count) };
        for (var step = 0; step < 200; step++)
        {
            Operate(rng, copies, peers, count);
            Assert.All(Enumerable.Range(0, count), piece => Assert.Equal(Rarity(piece), copies.Copies(piece)));
            var have = Any(rng, count, 2, 3);
            foreach (var known in peers.Append(Any(rng, count, 1, 2)).ToList())
            {
                var choice = Enumerable.Range(0, count).Where(piece => have.Has(piece) && !known.Has(piece)).ToList();
                if (copies.Next(have, known) is not { } next)
                {
                    Assert.Empty(choice);
                    continue;
                }

                Assert.Contains(next, choice);
                Assert.Equal(choice.Min(Rarity), Rarity(next));
            }
        }

        int Rarity(int piece) => peers.Count(peer => peer.Has(piece));
    }

    private static void Operate(Rng rng, FirstCopies copies, List<PieceSet> peers, int count)
    {
        var piece = rng.Next(count);
        switch (rng.Next(4))
        {
            case 0 when peers.Count < 6:
                peers.Add(Any(rng, count, 1, 2));
                copies.Counted(peers[^1], gone: false);
                break;
            case 1 when peers.Count > 1:
                var gone = rng.Next(peers.Count);
                copies.Counted(peers[gone], gone: true);
                peers.RemoveAt(gone);
                break;
            case 2:
                if (rng.Pick(peers).Remove(piece))
                    copies.Removed(piece);
                break;
            default:
                if (rng.Pick(peers).Add(piece))
                    copies.Added(piece);
                break;
        }
    }

    private static PieceSet Any(Rng rng, int count, int of, int among) =>
        Swarming.Pieces(count, Enumerable.Range(0, count).Where(_ => rng.Chance(of, among)));
}
