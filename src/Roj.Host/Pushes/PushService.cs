using Roj.Election.Pushes;
using Roj.Host.Daemon;
using Roj.Host.Http.Views;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Pushes;

/// <summary>A node's part in pushes: as one that has its files pushed to it, if it allows that; as the leader, while it leads; and for
/// whoever asks it.</summary>
/// <remarks>From any thread. Every node with an HTTP API and a data directory keeps the plan; who allows it carries it out.</remarks>
internal sealed class PushService : IAsyncDisposable
{
    private readonly MemberShell shell;
    private readonly NodeId self;
    private readonly FileService files;
    private readonly PushMemory memory;
    private readonly PushCalls calls;
    private readonly PushLeader leader;
    private readonly CancellationTokenSource closing = new();
    private readonly Task running;

    /// <summary>Begins.</summary>
    /// <param name="shell">The node.</param>
    /// <param name="self">Who it is.</param>
    /// <param name="options">What it was told.</param>
    /// <param name="files">Its files.</param>
    public PushService(MemberShell shell, Member self, NodeOptions options, FileService files)
    {
        (this.shell, this.self, this.files) = (shell, self.Id, files);
        memory = new PushMemory(options.DataPath, shell.Warn);
        calls = new PushCalls(shell.Keys);
        leader = new PushLeader(shell, self.Id, memory, calls, Log);
        Task[] tasks = [ToTheEndAsync(leader.RunAsync(closing.Token))];
        if (options.AllowPush is { } folder)
        {
            KeyValuePair<string, string>[] variables =
            [
                new("ROJ_NODE", $"http://{self.Node.WithPort(options.HttpPort)}"), new("ROJ_CLUSTER", options.Cluster),
            ];
            var worker = new PushWorker(self.Id, folder, memory, files, variables, Log);
            tasks = [.. tasks, ToTheEndAsync(Task.Run(() => worker.RunAsync(closing.Token)))];
        }

        running = Task.WhenAll(tasks);
    }

    /// <summary>Shares a file, and has the leader push it.</summary>
    /// <returns>The plan; null with the reason if nothing is begun.</returns>
    /// <exception cref="FileException">It can't be shared.</exception>
    public async Task<(PushPlanView? Plan, string Why)> BeginAsync(PushRequestView request, CancellationToken giveUp)
    {
        var shared = await files.ShareAsync(request.Path!, giveUp).ConfigureAwait(false);
        string[] colors = request.Then is { } then ? [request.To!, then] : [request.To!];
        var into = request.Into ?? shared.Name!;
        if (!PushPlace.IsOne(into) || !PushPlace.IsOne(shared.Name))
            return (null, $"'{into}' is no place for a file: names between slashes, none of them beginning with a dot");
        var begin = new PushBeginView(shared.Id, shared.Name!, colors, request.PercentMin, request.Run, into);
        return await AskLeaderAsync(new PushCallView(Begin: begin)).ConfigureAwait(false);
    }

    /// <summary>Has the leader call back what was pushed last.</summary>
    /// <returns>The plan; null with the reason if nothing is done.</returns>
    public Task<(PushPlanView? Plan, string Why)> RollbackAsync(string name) => AskLeaderAsync(new PushCallView(Rollback: name));

    /// <summary>How the last push stands, as its nodes say.</summary>
    public async Task<PushView> StatusAsync()
    {
        var sight = await PushSight.TakeAsync(shell).ConfigureAwait(false);
        if (memory.Look().Plan is null)
            return new PushView(null, []);
        var reports = await Task.WhenAll(sight.Members.Where(PushCalls.HasApi).Select(async member =>
            (member.Id, Report: member.Id == self ? Report() : await calls.AskAsync(member, new PushCallView()).ConfigureAwait(false))))
            .ConfigureAwait(false);
        // What others know may be later than what this node was told.
        var latest = memory.Look().Plan!;
        foreach (var (_, report) in reports)
            latest = report?.Plan?.Read() is { } known && known.IsAfter(latest) ? known : latest;
        return new PushView(PushPlanView.Of(latest),
        [
            .. latest.Stages.SelectMany(stage => stage.Nodes.Select(node =>
            {
                var its = reports.FirstOrDefault(report => report.Id == node).Report;
                var isOfIt = its?.Plan?.Id == latest.Id.ToString();
                return new PushNodeView(
                    NodeNameView.Of(node, sight.Members), ColorsView.Word(stage.Colour),
                    its is null ? "gone" : isOfIt ? its.State : "waiting", isOfIt ? its!.Words : "");
            })),
        ]);
    }

    /// <summary>Answers another node.</summary>
    /// <param name="call">What it asks, or tells.</param>
    public async Task<PushReportView> AnswerAsync(PushCallView call)
    {
        if (call.Plan?.Read() is { } told)
        {
            var sight = await PushSight.TakeAsync(shell).ConfigureAwait(false);
            if (sight.Known is { } known && told.Term < known)
                return Report() with { Refusal = $"a later leader is known, of term {known.Counter}" };
            memory.Adopt(told);
        }

        var (plan, why) = call switch
        {
            { Begin: { } begin } => await leader.BeginAsync(begin).ConfigureAwait(false),
            { Rollback: { } name } => await leader.RollbackAsync(name).ConfigureAwait(false),
            _ => (null, ""),
        };
        return why.Length > 0 ? Report() with { Refusal = why }
            : plan is null ? Report()
            : Report() with { Plan = PushPlanView.Of(plan) };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        leader.Dispose();
        calls.Dispose();
        closing.Dispose();
    }

    private static async Task ToTheEndAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private PushReportView Report()
    {
        var (plan, progress) = memory.Look();
        return new PushReportView(PushWords.Of(progress.State), progress.Words, plan is null ? null : PushPlanView.Of(plan));
    }

    private async Task<(PushPlanView? Plan, string Why)> AskLeaderAsync(PushCallView call)
    {
        var sight = await PushSight.TakeAsync(shell).ConfigureAwait(false);
        if (sight.Known is not { } term)
            return (null, "nobody leads at the moment: ask again");
        var report = term.Leader == self ? await AnswerAsync(call).ConfigureAwait(false)
            : sight.Members.FirstOrDefault(member => member.Id == term.Leader) is { } leads && PushCalls.HasApi(leads)
            ? await calls.AskAsync(leads, call).ConfigureAwait(false)
            : null;
        return report switch
        {
            null => (null, "the leader does not answer: ask again, and look with 'roj push --status'"),
            { Refusal: { } why } => (null, why),
            { Plan: { } plan } when plan.Read() is { } known => Kept(plan, known),
            _ => (null, "the leader gave no answer that makes sense"),
        };
    }

    // Whoever asks here how it stands must not hear of an earlier one, though the leader has yet to tell this node.
    private (PushPlanView? Plan, string Why) Kept(PushPlanView view, PushPlan plan)
    {
        memory.Adopt(plan);
        return (view, "");
    }

    private void Log(LogLevel level, string text) => shell.Tell(new WingNews("push", text, level));
}
