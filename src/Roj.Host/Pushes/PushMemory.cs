using System.Text.Json;
using Roj.Election.Pushes;
using Roj.Host.Disk;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Kernel;

namespace Roj.Host.Pushes;

/// <summary>What a node knows of pushes, in memory and in <c>push.json</c> of its data directory: the latest plan, and how far it is
/// itself.</summary>
/// <remarks>From any thread.</remarks>
internal sealed class PushMemory
{
    private const string FileName = "push.json";
    private const int BytesMax = 256 * 1024;

    private readonly string path;
    private readonly Action<string> warn;
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PushPlan? plan;
    private PushProgress progress = PushProgress.None;

    /// <summary>Takes up what was kept.</summary>
    /// <param name="dataPath">The node's data directory.</param>
    /// <param name="warn">Told what is wrong and can be lived with.</param>
    public PushMemory(string dataPath, Action<string> warn)
    {
        (path, this.warn) = (Path.Combine(dataPath, FileName), warn);
        try
        {
            if (AtomicFile.Read(path, BytesMax) is not { } bytes)
                return;
            var kept = JsonSerializer.Deserialize(bytes, ApiJson.Default.PushKeptView);
            if (kept?.Plan?.Read() is { } known && NodeId.TryParse(kept.Id, out var id) && PushWords.StateOf(kept.State) is { } state)
                (plan, progress) = (known, new PushProgress(id, state, kept.Words ?? "", kept.IsKept, kept.HadBefore));
            else
                warn($"{path} makes no sense to this version of Roj: what was pushed before is forgotten");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            warn($"{path} can't be read: {e.Message}; what was pushed before is forgotten");
        }
    }

    /// <summary>Ends when a later plan is known than when this was asked.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    /// <summary>The latest plan, null if there was none; and how far this node is with it.</summary>
    public (PushPlan? Plan, PushProgress Progress) Look()
    {
        lock (gate)
            return (plan, plan is { } known && progress.Id == known.Id ? progress : PushProgress.None with { Id = plan?.Id ?? default });
    }

    /// <summary>There is a plan: it is kept if it is later than the one that is known.</summary>
    /// <returns>Whether it was.</returns>
    public bool Adopt(PushPlan told)
    {
        lock (gate)
        {
            if (!told.IsAfter(plan))
                return false;
            plan = told;
            Save();
            changed.SetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>The node has got further.</summary>
    public void Note(PushProgress further)
    {
        lock (gate)
        {
            progress = further;
            Save();
        }
    }

    private void Save()
    {
        if (plan is null)
            return;
        try
        {
            var kept = new PushKeptView(
                PushPlanView.Of(plan), progress.Id.ToString(), PushWords.Of(progress.State), progress.Words, progress.IsKept,
                progress.HadBefore);
            AtomicFile.WriteSecret(path, JsonSerializer.SerializeToUtf8Bytes(kept, ApiJson.Default.PushKeptView));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"{path} can't be written: {SystemReason.Of(e)}; after a restart this node may run a pushed command again");
        }
    }
}
