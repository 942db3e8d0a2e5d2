using System.Diagnostics;
using Roj.Election;
using Roj.Election.Pushes;
using Roj.Host.Daemon;
using Roj.Host.Http.Views;
using Roj.Kernel;

namespace Roj.Host.Pushes;

/// <summary>What the leader's node does about a push: tells all of the plan, hears how far they are, and decides what is next.</summary>
/// <remarks>A new leader takes the latest plan that any member knows, and, where a majority decides, what the majority knows; so it goes on
/// where the one before stopped.</remarks>
/// <param name="shell">The node.</param>
/// <param name="self">Who it is.</param>
/// <param name="memory">What it knows itself.</param>
/// <param name="calls">Asks the others.</param>
/// <param name="log">Told what happens, for people.</param>
internal sealed class PushLeader(
    MemberShell shell, NodeId self, PushMemory memory, PushCalls calls, Action<LogLevel, string> log) : IDisposable
{
    private const int NodesMax = 1000; // so that a plan fits into one request

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan IdlePace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(60);

    private readonly PushRegister register = new(shell);
    private readonly SemaphoreSlim one = new(1);
    private readonly SortedDictionary<NodeId, long> heard = [];
    private readonly SortedDictionary<NodeId, (NodeId Push, ulong Version)> told = [];
    private Term? led;
    private PushPlan? plan;

    /// <summary>Leads whenever the node does, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var changed = memory.Changed; // a push that begins does not wait for the next look
            await one.WaitAsync(stop).ConfigureAwait(false);
            bool isUrgent;
            try
            {
                var sight = await PushSight.TakeAsync(shell).ConfigureAwait(false);
                isUrgent = await IsReadyAsync(sight).ConfigureAwait(false) && await RoundAsync(sight).ConfigureAwait(false);
            }
            finally
            {
                one.Release();
            }

            if (!isUrgent)
                await Task.WhenAny(changed, Task.Delay(plan is { IsOver: false } ? Pace : IdlePace, stop)).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a push.</summary>
    /// <returns>The plan; null with the reason if nothing is begun.</returns>
    public Task<(PushPlan? Plan, string Why)> BeginAsync(PushBeginView begin) => ChangedAsync(sight => Planned(begin, sight));

    /// <summary>Calls back what was pushed last.</summary>
    /// <returns>The plan; null with the reason if nothing is done.</returns>
    public Task<(PushPlan? Plan, string Why)> RollbackAsync(string name) => ChangedAsync(_ => plan switch
    {
        null => (null, "nothing has been pushed"),
        { Name: var last } when last != name => (null, $"{name} was not pushed last: {last} was, and that alone is kept"),
        { Verdict: PushVerdict.GoingBack or PushVerdict.Back } => (null, $"{name} is back already: {plan.Why}"),
        _ => (plan.Undone("it was called back"), ""),
    });

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private async Task<(PushPlan? Plan, string Why)> ChangedAsync(Func<PushSight, (PushPlan? Plan, string Why)> change)
    {
        await one.WaitAsync().ConfigureAwait(false);
        try
        {
            var sight = await PushSight.TakeAsync(shell).ConfigureAwait(false);
            if (!await IsReadyAsync(sight).ConfigureAwait(false))
                return (null, "this node does not lead, or no majority answers it: ask again");
            var (next, why) = change(sight);
            if (next is null)
                return (null, why);
            return await DecideAsync(next).ConfigureAwait(false) ? (next, "") : (null, "no majority answers: ask again");
        }
        finally
        {
            one.Release();
        }
    }

    private (PushPlan? Plan, string Why) Planned(PushBeginView begin, PushSight sight)
    {
        if (plan is { IsOver: false })
            return (null, $"{plan.Name} is being pushed: wait for its end, or 'roj rollback {plan.Name}'");
        List<PushStage> stages = [];
        foreach (var color in begin.Colors)
        {
            var colour = color is "green" ? Colour.Green : Colour.Red;
            NodeId[] nodes =
            [
                .. sight.Members.Where(member => PushSight.TakesPart(member) && sight.Colouring.Of(member.Id) == colour)
                    .Select(member => member.Id).Order(),
            ];
            if (nodes.Length == 0)
                return (null, $"no {color} node takes what is pushed: start nodes with --allow-push DIR");
            stages.Add(new PushStage(colour, nodes));
        }

        if (stages.Sum(stage => stage.Nodes.Count) > NodesMax)
            return (null, $"a push goes to {NodesMax} nodes at most");
        return (new PushPlan
        {
            Id = Identity.Draw(),
            Name = begin.Name,
            File = begin.File,
            Into = begin.Into,
            Run = begin.Run,
            Stages = stages,
            PercentMin = begin.PercentMin,
            Term = led!.Value,
            Version = (plan?.Version ?? 0) + 1,
        }, "");
    }

    // Whether this node leads, and knows what there is to lead.
    private async Task<bool> IsReadyAsync(PushSight sight)
    {
        if (sight.Leads is not { } term)
        {
            (led, plan) = (null, null);
            return false;
        }

        if (led == term)
            return true;
        heard.Clear();
        told.Clear();
        var (isSure, latest) = await register.ReadAsync().ConfigureAwait(false);
        if (!isSure)
            return false;
        var others = sight.Members.Where(member => member.Id != self && PushCalls.HasApi(member));
        var reports = await Task.WhenAll(others.Select(member => calls.AskAsync(member, new PushCallView()))).ConfigureAwait(false);
        foreach (var known in reports.Select(report => report?.Plan?.Read()).Append(memory.Look().Plan).OfType<PushPlan>())
            latest = known.IsAfter(latest) ? known : latest;
        if (latest is not null && !await DecideAsync(latest.Under(term)).ConfigureAwait(false))
            return false;
        led = term;
        plan ??= latest;
        if (plan is { IsOver: false })
            log(LogLevel.Info, $"this node leads now, and goes on with {plan.Name}");
        return true;
    }

    private async Task<bool> DecideAsync(PushPlan next)
    {
        if (!await register.WriteAsync(next).ConfigureAwait(false))
        {
            led = null; // perhaps another leads; perhaps not: then it takes over from itself
            return false;
        }

        if (plan is { } before && (before.Verdict, before.Stage, before.Id) != (next.Verdict, next.Stage, next.Id))
            log(LogLevel.Info, Words(next));
        memory.Adopt(next);
        plan = next;
        return true;
    }

    private static string Words(PushPlan next) => next.Verdict switch
    {
        PushVerdict.Going => $"{next.Name} goes to {next.Stages[next.Stage].Nodes.Count} "
            + $"{ColorsView.Word(next.Stages[next.Stage].Colour)} nodes",
        PushVerdict.Done => $"{next.Name} is where it was to be",
        PushVerdict.GoingBack => $"{next.Name} is called back: {next.Why}",
        _ => $"{next.Name} is as it was before",
    };

    /// <returns>Whether something was decided.</returns>
    private async Task<bool> RoundAsync(PushSight sight)
    {
        if (plan is not { } current)
            return false;
        var states = new SortedDictionary<NodeId, PushState>();
        var call = new PushCallView(PushPlanView.Of(current));
        var asked = sight.Members.Where(member => member.Id != self && PushCalls.HasApi(member) && IsToBeTold(current, member.Id));
        var answers = await Task.WhenAll(asked.Select(async member => (member.Id, Report: await calls.AskAsync(member, call)
            .ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (node, report) in answers)
        {
            if (report?.Plan?.Read() is not { } its)
                continue;
            if (its.IsAfter(current))
            {
                led = null; // decided by another leader: who leads finds out
                return false;
            }

            heard[node] = Stopwatch.GetTimestamp();
            told[node] = (its.Id, its.Version);
            if (its.Id == current.Id && PushWords.StateOf(report.State) is { } state)
                states[node] = state;
        }

        states[self] = memory.Look().Progress.State;
        var next = current.Judged(node => states.TryGetValue(node, out var state) ? state : StateOfSilent(node));
        return !ReferenceEquals(next, current) && await DecideAsync(next).ConfigureAwait(false);
    }

    // Those who have no part in it keep it as well, for the next leader: once for each decision.
    private bool IsToBeTold(PushPlan current, NodeId node) =>
        current.Stages.Any(stage => stage.Nodes.Contains(node))
        || !told.TryGetValue(node, out var last) || last != (current.Id, current.Version);

    private PushState StateOfSilent(NodeId node)
    {
        if (!heard.TryGetValue(node, out var at))
            heard[node] = at = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(at) > GoneAfter ? PushState.Gone : PushState.Waiting;
    }
}
