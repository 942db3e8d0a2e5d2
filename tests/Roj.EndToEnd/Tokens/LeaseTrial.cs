using System.Globalization;
using Roj.EndToEnd.Fences;
using Roj.EndToEnd.Members;
using Roj.Kernel;

namespace Roj.EndToEnd.Tokens;

/// <summary>Five hosts run one command by <c>roj token exec</c>, by majority. The host whose turn it is stands still past its lease, or is
/// cut off, again and again: its command is over before the next one's begins, and where it could not know that its time was over, what it
/// writes after the next one has written is refused.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="pauses">How often a holder stands still.</param>
/// <param name="cuts">How often one is cut off.</param>
/// <param name="stillness">How long it stands still after the next one has written.</param>
internal sealed class LeaseTrial(string name, int pauses, int cuts, TimeSpan stillness) : ClusterTrial(name, 5)
{
    private const string Token = "job";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(2);

    // That there is a next one at all; how soon is measured by bench/token.
    private static readonly TimeSpan NextLimit = TimeSpan.FromSeconds(15);

    private readonly List<TimeSpan> nexts = [];
    private readonly List<(int Host, DateTimeOffset From, DateTimeOffset To)> stillnesses = [];
    private int refused;

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        FencedWork[] works = [.. own.Select(host => new FencedWork(host.Directory, "$((ROJ_EPOCH * 1000000 + ROJ_SEQUENCE))"))];
        TokenNode[] nodes = [.. own.Select(host => new TokenNode(host) { Words = ["--cluster", Name, "--expect", "5", "--lease", "1s"] })];
        foreach (var work in works)
            work.Prepare();
        foreach (var node in nodes)
            node.Start();
        await Poll.UntilAsync(() => nodes.All(node => node.Listens()), Patience, $"{Name}: all listen");
        var runners = own.Select((_, i) => Run(nodes[i], works[i])).ToArray();
        using var stop = new CancellationTokenSource();
        FencedWriter[] writers = [.. nodes.Zip(works, (node, work) => new FencedWriter(Name, node, work, FenceOf))];
        Task[] writing = [.. writers.Select(writer => Task.Run(() => writer.RunAsync(stop.Token)))];
        try
        {
            for (var round = 0; round < pauses + cuts; round++)
            {
                var holder = await HolderAsync(works, 0);
                if (round < pauses)
                    await PauseAsync(nodes, works, writers, holder);
                else
                    await CutAsync(lab, own, works, holder);
                for (var i = 0; i < own.Length; i++)
                {
                    if (runners[i].HasExited) // else it still waits for its turn
                        runners[i] = Run(nodes[i], works[i]);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        JudgeTimes(works);
        JudgeWrites(writers);
        if (pauses > 0)
            Count(string.Create(CultureInfo.InvariantCulture, $"{refused} of {pauses} refused after the next one had written"));
        Must(refused == pauses, $"only {refused} of {pauses} were refused");
        if (cuts > 0)
            Took($"{cuts} cut off, the next begins after at most", nexts.Max(), NextLimit);
    }

    private static Fence FenceOf(ulong term, ulong sequence) => new($"token/{Token}", term / 1_000_000, term % 1_000_000);

    private static LabProcess Run(TokenNode node, FencedWork work) =>
        node.Ask("exec.log", "token", "exec", "--token", Token, "--", "sh", "-c", work.Command);

    private static string? SpaceOf(TokenNode node) => ProcFs.NetworkNamespace(node.Process.Id);

    // Whose command has begun last and says that it works.
    private async Task<int> HolderAsync(FencedWork[] works, ulong after)
    {
        var holder = -1;
        await Poll.UntilAsync(
            () =>
            {
                var terms = works.Select(work => work.Term ?? 0).ToArray();
                holder = Array.IndexOf(terms, terms.Max());
                return terms[holder] > after;
            },
            Patience,
            () => $"{Name}: a command works in a turn after {after}: {string.Join(' ', works.Select(work => work.Term))}");
        return holder;
    }

    private async Task PauseAsync(TokenNode[] nodes, FencedWork[] works, FencedWriter[] writers, int holder)
    {
        var term = works[holder].Term!.Value;
        await Poll.UntilAsync(() => writers[holder].Written.Any(one => one.Term == term), Patience, $"{Name}: it has written in {term}");
        var space = SpaceOf(nodes[holder]);
        Signal(space, Native.SigStop);
        var next = await HolderAsync(works, term);
        var later = works[next].Term!.Value;
        await Poll.UntilAsync(() => writers[next].Written.Any(one => one.Term == later), Patience, $"{Name}: the next one has written");
        var before = writers[holder].Fenced;
        await Task.Delay(stillness);
        var woken = DateTimeOffset.UtcNow;
        Signal(space, Native.SigCont);
        // What it wrote meanwhile is on its way by its own node, which now goes on.
        await Poll.UntilAsync(() => writers[holder].Fenced > before, Patience, $"{Name}: what is written in {term} is refused");
        refused++;
        await Poll.UntilAsync(() => !IsWorking(space), Gone, $"{Name}: the command of {nodes[holder].Name}, who woke up, is over");
        stillnesses.Add((holder, woken, DateTimeOffset.UtcNow));
    }

    private async Task CutAsync(Lab lab, LabHost[] own, FencedWork[] works, int holder)
    {
        var term = works[holder].Term!.Value;
        LabHost[] others = [.. own.Where((_, i) => i != holder)];
        var cut = DateTimeOffset.UtcNow;
        lab.Part([own[holder]], others, isCut: true);
        var next = await HolderAsync(works, term);
        nexts.Add(works[next].Lines().First(line => line.Term > term).At - cut);
        lab.Part([own[holder]], others, isCut: false);
    }

    // Between its host's waking and its end a command is late by its nature: it can't know how long it stood still.
    private void JudgeTimes(FencedWork[] works)
    {
        SortedDictionary<ulong, (DateTimeOffset Begin, DateTimeOffset End, int Host)> terms = [];
        for (var i = 0; i < works.Length; i++)
        {
            bool IsLate(DateTimeOffset at) => stillnesses.Any(one => one.Host == i && at >= one.From && at <= one.To);
            foreach (var term in works[i].Lines().Where(line => !IsLate(line.At)).GroupBy(line => line.Term))
                Must(terms.TryAdd(term.Key, (term.Min(line => line.At), term.Max(line => line.At), i)), $"two worked in turn {term.Key}");
        }

        var gap = TimeSpan.MaxValue;
        foreach (var (earlier, later) in terms.Zip(terms.Skip(1)))
        {
            var between = later.Value.Begin - earlier.Value.End;
            gap = between < gap ? between : gap;
            Must(between > default(TimeSpan), $"turn {earlier.Key} at host {earlier.Value.Host + 1} ended at {earlier.Value.End:O}, "
                + $"{later.Key} at {later.Value.Host + 1} began at {later.Value.Begin:O}");
        }

        Must(terms.Count > pauses + cuts, $"{terms.Count} turns in {pauses + cuts} rounds");
        Count(string.Create(
            CultureInfo.InvariantCulture, $"{terms.Count} turns, overlap 0, at least {gap.TotalMilliseconds:F0} ms between"));
    }

    private void JudgeWrites(FencedWriter[] writers)
    {
        var all = writers.SelectMany(writer => writer.Written).OrderBy(one => one.Version).ToArray();
        foreach (var (before, after) in all.Zip(all.Skip(1)))
            Must(before.Term <= after.Term, $"version {after.Version} was written in turn {after.Term}, {before.Version} in {before.Term}");
        var turns = all.Select(one => one.Term).Distinct().Count();
        Count(string.Create(CultureInfo.InvariantCulture, $"{all.Length} writes in {turns} turns"));
    }

    private static IEnumerable<int> Inside(string? space) => ProcFs.Processes()
        .Where(pid => ProcFs.State(pid) is not (null or 'Z') && ProcFs.NetworkNamespace(pid) == space);

    // The node goes on; whoever runs the command, and the command, do not.
    private static bool IsWorking(string? space) =>
        Inside(space).Any(pid => ProcFs.CommandLine(pid).Contains("work.sh", StringComparison.Ordinal));

    private static void Signal(string? space, int signal)
    {
        for (var again = 0; again < 2; again++) // whatever was started meanwhile
        {
            foreach (var pid in Inside(space).ToArray())
                Native.Signal(pid, signal);
        }
    }
}
