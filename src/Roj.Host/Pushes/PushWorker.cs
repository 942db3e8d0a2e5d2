using System.Globalization;
using Roj.Election;
using Roj.Election.Pushes;
using Roj.Host.Daemon;
using Roj.Host.Http.Views;
using Roj.Host.Sharing;
using Roj.Kernel;

namespace Roj.Host.Pushes;

/// <summary>Does a node's part of a push: fetches the file, puts it in its place, runs the command, and goes back if that fails or if it
/// is told to.</summary>
/// <remarks>What it has come to is kept before it goes on: a node that was killed goes on in its next life. The command may then run
/// twice.</remarks>
/// <param name="self">The node.</param>
/// <param name="folder">Where pushed files may go.</param>
/// <param name="memory">What is known.</param>
/// <param name="files">The node's files.</param>
/// <param name="variables">What every command's environment says of the node.</param>
/// <param name="log">Told what happens, for people.</param>
internal sealed class PushWorker(
    NodeId self,
    string folder,
    PushMemory memory,
    FileService files,
    IReadOnlyList<KeyValuePair<string, string>> variables,
    Action<LogLevel, string> log)
{
    private const int WordsMax = 300;

    private static readonly TimeSpan CommandPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Works until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var changed = memory.Changed;
            var (plan, progress) = memory.Look();
            var work = plan is null ? null : plan.TaskOf(self) switch
            {
                PushTask.Forward when progress.State is not (PushState.Done or PushState.Failed or PushState.Back) =>
                    (Func<CancellationToken, Task>)(giveUp => ForwardAsync(plan, progress with { Id = plan.Id }, giveUp)),
                PushTask.Back when progress.State is not (PushState.Failed or PushState.Back) =>
                    _ => Task.Run(() => Back(plan, progress, PushState.Back, plan.Why), CancellationToken.None),
                _ => null,
            };
            if (work is null)
                await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
            else
                await DoAsync(plan!, work, stop).ConfigureAwait(false);
        }
    }

    // Until it is done, or the plan says otherwise.
    private async Task DoAsync(PushPlan plan, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var working = work(end.Token);
        while (!working.IsCompleted)
        {
            var changed = memory.Changed;
            if (memory.Look().Plan is { } now && (now.Id != plan.Id || now.TaskOf(self) != plan.TaskOf(self)))
                await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(working, changed).ConfigureAwait(false);
        }

        await working.ConfigureAwait(false);
    }

    private async Task ForwardAsync(PushPlan plan, PushProgress progress, CancellationToken giveUp)
    {
        var place = new PushPlace(folder, plan.Into);
        try
        {
            memory.Note(progress = progress with { State = PushState.Fetching, Words = "" });
            var source = await FetchAsync(plan.File, giveUp).ConfigureAwait(false);
            memory.Note(progress = progress with { State = PushState.Switching });
            await place.PrepareAsync(source, giveUp).ConfigureAwait(false);
            if (!progress.IsKept)
                memory.Note(progress = progress with { HadBefore = place.Keep(), IsKept = true });
            place.Switch();
            memory.Note(progress = progress with { State = PushState.Running });
            log(LogLevel.Info, $"{plan.Name} is in its place, {place.Path}");
            var (fault, words) = await CommandAsync(plan, place.Path, giveUp).ConfigureAwait(false);
            if (fault is null)
                memory.Note(progress with { State = PushState.Done, Words = words });
            else
                Back(plan, progress, PushState.Failed, words.Length > 0 ? $"{fault}: {words}" : fault);
        }
        catch (OperationCanceledException)
        {
            // The node ends, or has something else to do.
        }
        catch (Exception e) when (e is FileException or IOException or UnauthorizedAccessException)
        {
            Back(plan, progress, PushState.Failed, e is FileException ? e.Message : SystemReason.Of(e));
        }
    }

    private async Task<string> FetchAsync(string file, CancellationToken giveUp)
    {
        await files.FetchAsync(file, null, giveUp).ConfigureAwait(false);
        await foreach (var status in files.FollowAsync(file, giveUp).ConfigureAwait(false))
        {
            if (status.Fault is { } fault)
                throw new FileException(FileProblem.Failed, fault);
            if (status is { IsComplete: true, Path: { } path })
                return path;
        }

        throw new FileException(FileProblem.Failed, "the file did not come");
    }

    private void Back(PushPlan plan, PushProgress progress, PushState state, string why)
    {
        try
        {
            if (progress.IsKept)
                new PushPlace(folder, plan.Into).Restore(progress.HadBefore);
            log(LogLevel.Warning, $"{plan.Name} is as it was before: {why}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = $"{SystemReason.Of(e)}: the file is not as it was before ({why})";
            log(LogLevel.Error, $"{plan.Name}: {why}");
        }

        memory.Note(progress with { Id = plan.Id, State = state, Words = why.Length > WordsMax ? why[..WordsMax] : why });
    }

    private async Task<(string? Fault, string Words)> CommandAsync(PushPlan plan, string path, CancellationToken giveUp)
    {
        if (plan.Run is not { } command)
            return (null, "");
        var last = "";
        if (CommandOutput.Open(line => log(LogLevel.Info, $"{plan.Name}: {last = line}")) is not { } output)
            return ("the command can't be run: no pipe is to be had", "");
        var environment = Hook.EnvironmentOf(Environment.GetEnvironmentVariables(), VariablesOf(plan, path));
        var start = new ProcessPlan(ProcessPlan.Line(command), environment, output.Theirs, output.Theirs);
        if (!ProcessGroup.TryStart(start, out var group, out var fault))
        {
            await output.CloseAsync().ConfigureAwait(false);
            return ($"the command can't be run: {fault}", "");
        }

        using (group)
        {
            await Task.WhenAny(group.Over, Task.Delay(CommandPatience, giveUp)).ConfigureAwait(false);
            var isOver = group.Over.IsCompleted;
            // What it left as well: what is to stay is a service's matter, not a push's.
            group.Signal(ProcessGroup.Kill);
            while (await Task.Run(group.IsAlive, CancellationToken.None).ConfigureAwait(false))
                await Task.Delay(LookEvery, CancellationToken.None).ConfigureAwait(false);
            await output.CloseAsync().ConfigureAwait(false);
            giveUp.ThrowIfCancellationRequested();
            var how = await group.Over.ConfigureAwait(false);
            var words = last.Length > WordsMax ? last[..WordsMax] : last;
            return !isOver ? ($"the command did not end within {CommandPatience.TotalMinutes} minutes", words)
                : how.ExitCode == 0 ? (null, words)
                : ($"the command {how}", words);
        }
    }

    private IReadOnlyList<KeyValuePair<string, string>> VariablesOf(PushPlan plan, string path)
    {
        var colour = plan.Stages.FirstOrDefault(stage => stage.Nodes.Contains(self))?.Colour ?? Colour.None;
        return
        [
            .. variables,
            new("ROJ_FILE", path),
            new("ROJ_FILE_ID", plan.File),
            new("ROJ_COLOR", ColorsView.Word(colour)),
            new("ROJ_TERM", plan.Term.Counter.ToString(CultureInfo.InvariantCulture)),
        ];
    }
}
