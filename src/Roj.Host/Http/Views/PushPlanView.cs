using System.Text.Json.Serialization;
using Roj.Election.Pushes;
using Roj.Files.Metadata;
using Roj.Host.Pushes;
using Roj.Kernel;

namespace Roj.Host.Http.Views;

/// <summary>A push as nodes tell it each other and keep it.</summary>
/// <param name="Id">Which push: 32 hexadecimal digits.</param>
/// <param name="Name">What the file is called.</param>
/// <param name="File">Its content id: 40 hexadecimal digits.</param>
/// <param name="Into">Where it belongs, from the folder on that each node allows.</param>
/// <param name="Run">What is run at each node; left out for nothing.</param>
/// <param name="Stages">Who is to have it, the first stage first.</param>
/// <param name="PercentMin">How many of a hundred nodes of a stage must succeed.</param>
/// <param name="Term">The counter of the leadership that decided last.</param>
/// <param name="Leader">Its leader.</param>
/// <param name="Version">Grows with each decision.</param>
/// <param name="Stage">Which stage it has come to, from 0 on.</param>
/// <param name="Verdict">going, done, goingBack or back.</param>
/// <param name="Why">Why it goes back; empty while it does not.</param>
public sealed record PushPlanView(
    string Id,
    string Name,
    string File,
    string Into,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Run,
    IReadOnlyList<PushStageView> Stages,
    int PercentMin,
    ulong Term,
    string Leader,
    ulong Version,
    int Stage,
    string Verdict,
    string Why)
{
    internal static PushPlanView Of(PushPlan plan) => new(
        plan.Id.ToString(),
        plan.Name,
        plan.File,
        plan.Into,
        plan.Run,
        [.. plan.Stages.Select(PushStageView.Of)],
        plan.PercentMin,
        plan.Term.Counter,
        plan.Term.Leader.ToString(),
        plan.Version,
        plan.Stage,
        WordOf(plan.Verdict),
        plan.Why);

    internal static string WordOf(PushVerdict verdict) => verdict switch
    {
        PushVerdict.Going => "going",
        PushVerdict.Done => "done",
        PushVerdict.GoingBack => "goingBack",
        _ => "back",
    };

    /// <summary>The plan; null if this is none: it comes from others, or from a disk.</summary>
    internal PushPlan? Read()
    {
        PushStage[] stages = [.. (Stages ?? []).Select(stage => stage.Read()).OfType<PushStage>()];
        var verdict = Enum.GetValues<PushVerdict>().Where(one => WordOf(one) == Verdict).ToArray();
        if (!NodeId.TryParse(Id, out var id) || !NodeId.TryParse(Leader, out var leader) || Term > Kernel.Term.CounterMax
            || stages.Length is 0 || stages.Length != Stages!.Count || Stage < 0 || Stage >= stages.Length || PercentMin is < 1 or > 100
            || verdict is not [var judged] || !Sha1Digest.TryParse(File, out _) || !PushPlace.IsOne(Into) || !PushPlace.IsOne(Name)
            || Run?.Length > PushPlace.CommandMax || Why is null or { Length: > 1000 })
        {
            return null;
        }

        return new PushPlan
        {
            Id = id,
            Name = Name,
            File = File,
            Into = Into,
            Run = Run,
            Stages = stages,
            PercentMin = PercentMin,
            Term = new Term(Term, leader),
            Version = Version,
            Stage = Stage,
            Verdict = judged,
            Why = Why,
        };
    }
}
