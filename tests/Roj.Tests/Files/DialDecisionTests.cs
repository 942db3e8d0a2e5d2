using FsCheck;
using FsCheck.Fluent;
using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Whom to dial next, and when: the agenda against a twin that looks at every candidate every time.</summary>
public sealed class DialDecisionTests
{
    private enum Deed
    {
        Hear,
        Name,
        Dial,
        Fail,
        FailAfterAWhile,
        Meet,
        Hide,
        Rest,
        Refresh,
        Ban,
        TurnForeign,
        FindOurselves,
        Connect,
        Disconnect,
        Wait,
        WaitUntilDue,
    }

    private static Gen<(Deed Deed, int Who, int Milliseconds)[]> Deeds => (
        from deed in Gen.Elements(Enum.GetValues<Deed>())
        from who in Gen.Choose(0, 15)
        from milliseconds in Gen.Choose(0, 3000)
        select (deed, who, milliseconds)).ArrayOf();

    [Fact]
    public void It_agrees_with_a_dumb_twin() => Prop.ForAll(Deeds.ToArbitrary(), deeds =>
    {
        var pair = new Pair();
        foreach (var (deed, who, milliseconds) in deeds)
        {
            pair.Do(deed, who, TimeSpan.FromMilliseconds(milliseconds));
            pair.Compare();
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300));

    /// <summary>What took 17 % of a core: 250 peers, each asked after at every tick and every deadline.</summary>
    [Fact]
    public void A_decision_does_not_look_at_everybody()
    {
        var candidates = new Candidates(Swarming.Settings, new Rng(1));
        var now = Swarming.At(0);
        for (var number = 1; number <= 1000; number++)
            candidates.Answered(candidates.LearnStatic(Swarming.Place(number))!, Swarming.Id(number));
        var looks = 0;
        bool IsConnected(PeerId id) => ++looks < 0;
        for (var dial = 0; dial < 5000; dial++)
        {
            now = candidates.NextAt(IsConnected)!.Value is var at && at > now ? at : now;
            candidates.Failed(now, candidates.Next(now, IsConnected)!, lasted: false);
        }

        Assert.InRange(looks, 5000, 10 * 5000);
    }

    private sealed class Pair
    {
        private readonly Candidates candidates = new(Swarming.Settings, new Rng(1));
        private readonly SortedDictionary<uint, Instant> bans = [];
        private readonly SortedSet<PeerId> connected = [];
        private Instant now = Swarming.At(1);
        private bool isHearsaysTurn;

        private IEnumerable<Candidate> All => Enumerable.Range(0, 16).Select(who => candidates.Find(Place(who))).OfType<Candidate>();

        private IEnumerable<Candidate> Able => All.Where(candidate =>
            candidate is { InUse: false, IsSelf: false, IsForeign: false } && !(candidate.LastId is { } id && connected.Contains(id)));

        internal void Do(Deed deed, int who, TimeSpan time)
        {
            var candidate = candidates.Find(Place(who));
            switch (deed)
            {
                case Deed.Hear:
                    candidates.Learn(Place(who), Place(who / 4).Address);
                    break;
                case Deed.Name:
                    candidates.LearnStatic(Place(who));
                    break;
                case Deed.Dial when candidates.Next(now, connected.Contains) is { } next:
                    isHearsaysTurn = next.IsStatic || next.IsProven;
                    candidates.Dialled(next);
                    break;
                case Deed.Fail or Deed.FailAfterAWhile when candidate is not null:
                    candidates.Failed(now, candidate, deed == Deed.FailAfterAWhile);
                    break;
                case Deed.Meet when candidate is not null:
                    candidates.Succeeded(candidate, Swarming.Id(who / 2));
                    break;
                case Deed.Hide when candidate is not null:
                    candidates.Answered(candidate, Swarming.Id(who / 2));
                    break;
                case Deed.Rest when candidate is not null:
                    candidates.Rested(now, candidate, time);
                    break;
                case Deed.Refresh when candidate is not null:
                    candidates.Refresh(now, candidate);
                    break;
                case Deed.Ban:
                    candidates.Ban(now, Place(who).Address);
                    bans[Place(who).Address] = now + Swarming.Settings.BanFor;
                    break;
                case Deed.TurnForeign when candidate is not null:
                    candidates.Judge(candidate, alias: null, !candidate.IsForeign);
                    break;
                case Deed.FindOurselves when candidate is not null && who == 7:
                    candidates.IsOurselves(candidate);
                    break;
                case Deed.Connect:
                    connected.Add(Swarming.Id(who / 2));
                    break;
                case Deed.Disconnect when connected.Remove(Swarming.Id(who / 2)):
                    candidates.Left(Swarming.Id(who / 2));
                    break;
                case Deed.Wait:
                    now += time;
                    break;
                case Deed.WaitUntilDue when candidates.NextAt(connected.Contains) is { } due && due > now:
                    now = due;
                    break;
            }
        }

        internal void Compare()
        {
            var dueNow = Able.Where(candidate => DueAt(candidate) <= now).ToList();
            var known = dueNow.Where(candidate => candidate.IsStatic || candidate.IsProven).ToList();
            var hearsay = dueNow.Except(known).ToList();
            var isKnownsTurn = hearsay.Count == 0 || !isHearsaysTurn || known.Any(candidate => Rank(candidate) < 0);
            var queue = known.Count > 0 && isKnownsTurn ? known : hearsay;
            var next = candidates.Next(now, connected.Contains);
            if (queue.Count == 0)
                Assert.Null(next);
            else
                Assert.Contains(next, queue.Where(candidate => Rank(candidate) == queue.Min(Rank)));

            var due = candidates.NextAt(connected.Contains);
            if (next is null)
                Assert.Equal(Able.Min(candidate => (Instant?)DueAt(candidate)), due);
            else
                Assert.True(due <= now);
        }

        private static Endpoint Place(int who) => Swarming.Place(who / 2, (ushort)(1 + (who % 2)));

        // Two failures of one that was there once count for none of a stranger's.
        private static int Rank(Candidate candidate) => candidate.Failures - (candidate.IsProven ? 2 : 0);

        private Instant DueAt(Candidate candidate) =>
            bans.TryGetValue(candidate.Endpoint.Address, out var end) && end > candidate.NotBefore ? end : candidate.NotBefore;
    }
}
