using Roj.Files;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class PiecePickerTests
{
    [Fact]
    public void It_picks_the_rarest_of_the_wanted_and_offered()
    {
        var picker = new PiecePicker(4, new Rng(1));
        picker.Counted(Swarming.Pieces(4, 0, 1, 2, 3), gone: false);
        picker.Counted(Swarming.Pieces(4, 0, 1, 3), gone: false);
        picker.Counted(Swarming.Pieces(4, 0, 3), gone: false);
        foreach (var piece in new[] { 0, 1, 2 })
            picker.Want(piece);

        Assert.Equal(2, picker.Pick(Swarming.Pieces(4, 0, 1, 2, 3)));
        Assert.Equal(1, picker.Pick(Swarming.Pieces(4, 0, 1, 3)));
        Assert.Null(picker.Pick(Swarming.Pieces(4, 3)));
        Assert.Null(picker.Pick(new PieceSet(4)));
    }

    [Fact]
    public void Chance_decides_among_the_equally_rare()
    {
        var all = Swarming.Pieces(8, Enumerable.Range(0, 8));
        var picker = new PiecePicker(8, new Rng(1));
        picker.Counted(all, gone: false);
        picker.Counted(all, gone: false);
        for (var piece = 0; piece < 8; piece++)
            picker.Want(piece);

        var picks = Enumerable.Range(0, 800).Select(_ => picker.Pick(all)!.Value).CountBy(piece => piece).ToList();
        Assert.Equal(8, picks.Count);
        Assert.All(picks, pick => Assert.InRange(pick.Value, 50, 150));
    }

    /// <summary>Any operations: what is picked is as rare as the rarest that a search through everything finds.</summary>
    [Fact]
    public void It_agrees_with_a_dumb_twin()
    {
        for (var seed = 1UL; seed <= 300; seed++)
            Compare(new Rng(seed));
    }

    private static void Compare(Rng rng)
    {
        var count = rng.Next(1, 40);
        var picker = new PiecePicker(count, rng.Fork());
        var wanted = new SortedSet<int>();
        var peers = new List<PieceSet>();
        for (var step = 0; step < 200; step++)
        {
            Operate(rng, picker, wanted, peers, count);
            Assert.Equal(wanted.Count, picker.WantedCount);
            Assert.All(Enumerable.Range(0, count), piece => Assert.Equal(Rarity(piece), picker.Availability(piece)));
            foreach (var peer in peers)
            {
                var choice = wanted.Where(peer.Has).ToList();
                if (picker.Pick(peer) is not { } picked)
                {
                    Assert.Empty(choice);
                    continue;
                }

                Assert.Contains(picked, choice);
                Assert.Equal(choice.Min(Rarity), Rarity(picked));
            }
        }

        int Rarity(int piece) => peers.Count(peer => peer.Has(piece));
    }

    private static void Operate(Rng rng, PiecePicker picker, SortedSet<int> wanted, List<PieceSet> peers, int count)
    {
        var piece = rng.Next(count);
        switch (rng.Next(6))
        {
            case 0:
                peers.Add(Swarming.Pieces(count, Enumerable.Range(0, count).Where(_ => rng.Chance(1, 3))));
                picker.Counted(peers[^1], gone: false);
                break;
            case 1 when peers.Count > 0:
                var gone = rng.Next(peers.Count);
                picker.Counted(peers[gone], gone: true);
                peers.RemoveAt(gone);
                break;
            case 2 when peers.Count > 0:
                if (rng.Pick(peers).Add(piece))
                    picker.Gained(piece);
                break;
            case 3 when peers.Count > 0:
                if (rng.Pick(peers).Remove(piece))
                    picker.Lost(piece);
                break;
            case 4:
                picker.Unwant(piece);
                wanted.Remove(piece);
                break;
            default:
                picker.Want(piece);
                wanted.Add(piece);
                break;
        }
    }
}
