using System.Globalization;
using Roj.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;

namespace Roj.Host.Agreement;

/// <summary>What agreement tells, in sentences; what it tells again and again, once a minute.</summary>
/// <param name="nameOf">What to call a node.</param>
/// <param name="now">The time.</param>
internal sealed class AgreementWords(Func<NodeId, string> nameOf, Func<Instant> now)
{
    private const int SaidMax = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Instant> said = [];
    private (int Known, int Awaited)? waited;

    /// <summary>What to tell; null for nothing.</summary>
    public WingNews? Of(AgreementEvent what) => what switch
    {
        AgreementEvent.Seated(0, var set) => Seated(set),
        // A token may go round a hundred times a second, and tells of itself.
        AgreementEvent.Held { Name: var name } when IsOfToken(name) => null,
        AgreementEvent.Lapsed { Name: var name } when IsOfToken(name) => null,
        AgreementEvent.Held(var name, var epoch) => new WingNews(
            "lease.held", Invariant($"holds the lease {name} under epoch {epoch}"), LogLevel.Info),
        AgreementEvent.Lapsed(var name, var epoch) => new WingNews(
            "lease.lapsed", Invariant($"holds the lease {name} no more, whose epoch was {epoch}"), LogLevel.Info),
        AgreementEvent.RosterChanged(var node, var isMember, true, _) => new WingNews(
            "roster.changed", $"{nameOf(node)} {(isMember ? "has" : "has no")} vote from now on", LogLevel.Info, node),
        AgreementEvent.RosterChanged(var node, var isMember, false, var why) => Once(new WingNews(
            "roster.unchanged",
            $"{nameOf(node)} was not {(isMember ? "given a" : "relieved of its")} vote: {why}",
            LogLevel.Warning,
            node)),
        AgreementEvent.ExpectationsDiffer(var node, var expected) => Once(new WingNews(
            "roster.expectations",
            Invariant($"{nameOf(node)} waits for {expected} nodes to make a cluster with, and this one for another number: start both ")
            + "with the same --expect",
            LogLevel.Warning,
            node)),
        AgreementEvent.ForeignCluster(var node, var cluster) => Once(new WingNews(
            "roster.foreign",
            Invariant($"{nameOf(node)} belongs to another cluster ({cluster:x32}), and clusters never merge: to have it in this one, stop ")
            + "it, move its data directory away and start it again",
            LogLevel.Warning,
            node)),
        AgreementEvent.Damaged(var name) => Once(new WingNews(
            "register.damaged",
            $"what was kept of the register {name} can't be read: this node keeps silent about it, and the others go on without it; see to "
            + "the disk",
            LogLevel.Error)),
        _ => null,
    };

    /// <summary>Whether there is room on the disk.</summary>
    public static WingNews Room(bool isFull) => isFull
        ? new WingNews(
            "log.full",
            "the disk is full: this node takes part in no change until there is room; it tries again each second",
            LogLevel.Error)
        : new WingNews("log.room", "there is room on the disk again", LogLevel.Info);

    /// <summary>Why a node whose disk was set back can't go on.</summary>
    public static string SetBack(string witness, uint remembered, uint boot) => Invariant(
        $"{witness} remembers start {remembered} of this node, and its own data counts {boot}: the data directory is an older copy, so it ")
        + "may have forgotten what it promised, and must not vote; " + AgreementLog.Rejoin;

    /// <summary>Whom a node waits for that knows of no cluster yet.</summary>
    /// <param name="expected">How many it was told to make one with.</param>
    /// <param name="known">How many are known to be here.</param>
    /// <param name="awaited">Who of those with whom it is to be one has not said so yet; empty if that is not settled.</param>
    /// <returns>That; null if it was said already.</returns>
    public WingNews? Waits(int expected, int known, IReadOnlyList<NodeId> awaited)
    {
        if (waited == (known, awaited.Count))
            return null;
        waited = (known, awaited.Count);
        return Waits(awaited, expected, Math.Max(1, known));
    }

    private WingNews Waits(IReadOnlyList<NodeId> awaited, int expected, int alive) => new(
        "roster.awaited",
        awaited.Count > 0 ? $"waits for {string.Join(", ", awaited.Select(nameOf))} to make a cluster with"
        : alive < expected
            ? Invariant($"waits for {expected - alive} more of {expected} nodes to make a cluster with (--expect {expected})")
        : Invariant($"{expected} nodes are here: those that were started with --expect {expected} make a cluster"),
        LogLevel.Info);

    private WingNews Seated(ReplicaSet set)
    {
        var members = string.Join(", ", set.Members.Select(nameOf));
        var next = set.Next is null ? "" : $"; next {string.Join(", ", set.Next.Select(nameOf))}";
        return new WingNews(
            "roster.seated", Invariant($"roster {set.Version} of cluster {set.Cluster:x32}: {members}{next}"), LogLevel.Info);
    }

    private WingNews? Once(WingNews news)
    {
        var at = now();
        if (said.TryGetValue(news.Text, out var before) && at - before < Pause)
            return null;
        if (said.Count >= SaidMax)
            said.Clear();
        said[news.Text] = at;
        return news;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static bool IsOfToken(RegisterName name) => name.Bytes.StartsWith("token/"u8);
}
