using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Agreement;

/// <summary>An operator who evicts nodes, living ones too, and a misfortune that wipes a disk or sets it back.</summary>
/// <remarks>What it does leaves a majority that could answer: of a roster whose majority is gone for good nothing is promised. So living
/// nodes are only evicted where no disk is lost.</remarks>
internal sealed class RosterMeddler
{
    private readonly AgreementTown town;
    private readonly Rng rng;
    private readonly List<string> deeds = [];
    private readonly SortedDictionary<int, (DiskImage Image, NodeId Identity, uint Life)> images = [];
    private NodeId? lost;
    private bool isDone;

    public RosterMeddler(AgreementTown town)
    {
        this.town = town;
        rng = town.World.RngFor("agreement/meddler");
    }

    public IReadOnlyList<string> Deeds => deeds;

    /// <summary>Whether a disk may be lost: not while something is on it alone.</summary>
    public Func<bool> MayLose { get; init; } = () => true;

    private Instant Until => town.Setup.Faults.Until;

    public void Begin()
    {
        if (town.Setup.Evictions is { } mean)
            Plan(mean, () => Evict(mean));
        if (town.Setup.Mishap is not Mishap.None)
            Plan(TimeSpan.FromSeconds(3), Befall);
    }

    private void Plan(TimeSpan mean, Action what)
    {
        var at = town.World.Now + rng.Next(mean / 4, mean * 2);
        if (at < Until)
            town.World.Schedule(at, what);
    }

    private void Record(string deed)
    {
        deeds.Add(string.Create(CultureInfo.InvariantCulture, $"{town.World.Now} {deed}"));
        town.World.Trace.Add(null, "agreement.meddler", deed);
    }

    private void Evict(TimeSpan mean)
    {
        Plan(mean, () => Evict(mean));
        if (town.Members.Where(one => one.IsAble && one.Registers!.Roster is not null).ToArray() is not { Length: > 0 } able)
            return;
        var by = rng.Pick(able);
        var members = by.Registers!.Roster!.Members;
        if ((town.Setup.Mishap is Mishap.None ? rng.Pick(members) : lost) is not { } node || !members.Contains(node) || members.Count == 1)
            return;
        if (town.Setup.Mishap is Mishap.Corrupted or Mishap.Cut && town.PlaceOf(node) is not null)
            return; // nobody has found it out yet
        Record($"{by.Name} evicts {town.PlaceOf(node)?.Name ?? "one that is gone"}");
        by.Do((registers, outbox) => registers.Evict(by.Now, node, outbox));
    }

    private void Befall()
    {
        if (!isDone)
            Plan(TimeSpan.FromSeconds(3), Befall);
        // Only one of three members or more, all of whom exist.
        if (isDone || town.Watch.Newest is not { Members.Count: > 2, Next: null } set || !set.Members.All(HasRoster) || !MayLose())
            return;
        var victim = rng.Pick(town.Members);
        if (!set.Members.Contains(victim.Identity))
            return;
        if (town.Setup.Mishap is not Mishap.SetBack)
        {
            if (town.Setup.Mishap is Mishap.Cut && !victim.CutShort())
                return;
            Record($"{victim.Name} is {town.Setup.Mishap}");
            (isDone, lost) = (true, victim.Identity);
            if (town.Setup.Mishap is Mishap.Wiped)
                victim.Retire();
            else if (town.Setup.Mishap is Mishap.Corrupted)
                victim.Corrupt(flips: rng.Next(1, 20));
            town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(3)), victim.Boot);
        }
        else
        {
            SetBack();
        }
    }

    private bool HasRoster(NodeId node) => town.PlaceOf(node)?.Registers?.Roster is not null;

    // It is a detection, no proof: where those answer who remember.
    private bool IsRemembered(AgreementMember member, uint life) =>
        town.Members.All(other => other == member || town.Watch.Remembers(other.Identity, member.Identity, life));

    // First an image of each is taken, then one comes back with its own, once it has voted in a later life.
    private void SetBack()
    {
        foreach (var member in town.Members)
        {
            if (images.TryGetValue(member.Id, out var image) && image.Identity == member.Identity
                && town.Watch.VotedIn(member.Identity) > image.Life && IsRemembered(member, image.Life))
            {
                Record($"{member.Name} is set back from its life {member.Life} to {image.Life}");
                (isDone, lost) = (true, member.Identity);
                member.SetBack(image.Image);
                town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(3)), member.Boot);
                return;
            }

            if (!images.ContainsKey(member.Id) && member.IsAble && rng.Chance(1, 2))
            {
                images[member.Id] = (member.Disk.Snapshot(), member.Identity, member.Life);
                var soon = town.World.Now + rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(2));
                town.World.Schedule(soon, member.Crash);
                town.World.Schedule(soon + rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1)), member.Boot);
            }
        }
    }
}
