using System.Text.Json.Serialization;

namespace Roj.Host.Http.Views;

/// <summary>What <c>POST /api/v1/push</c> takes.</summary>
/// <param name="Path">The file, on the node's host; absolute.</param>
/// <param name="To">The color that has it first: green or red.</param>
/// <param name="Then">The color that has it next; left out for none.</param>
/// <param name="PercentMin">How many of a hundred nodes of a color must succeed, 1 to 100.</param>
/// <param name="Run">What is run at each node once it is there; left out for nothing.</param>
/// <param name="Into">Where it belongs, from the folder on that each node allows; left out for the file's name.</param>
public sealed record PushRequestView(
    string? Path, string? To, string? Then = null, int PercentMin = 95, string? Run = null, string? Into = null);

/// <summary>What <c>POST /api/v1/push/rollback</c> takes.</summary>
/// <param name="Name">What the file is called that was pushed last.</param>
public sealed record RollbackRequestView(string? Name);

/// <summary>How a push stands.</summary>
/// <param name="Plan">It; left out where there was none.</param>
/// <param name="Nodes">How far its nodes are.</param>
public sealed record PushView(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushPlanView? Plan, IReadOnlyList<PushNodeView> Nodes);

/// <summary>How far a node is with a push.</summary>
/// <param name="Node">Which.</param>
/// <param name="Color">The color that it had when the push began.</param>
/// <param name="State">waiting, fetching, switching, running, done, failed, back, or gone: it does not answer.</param>
/// <param name="Words">The last line of its command, or what went wrong; empty for nothing.</param>
public sealed record PushNodeView(NodeNameView Node, string Color, string State, string Words);

/// <summary>What nodes ask of each other about pushes: <c>POST /push</c>.</summary>
/// <param name="Plan">What the leader has decided; left out to ask only.</param>
/// <param name="Begin">A push that the leader is to begin: the plan with no stages decided; left out for none.</param>
/// <param name="Rollback">The name of the file that the leader is to call back; left out for none.</param>
public sealed record PushCallView(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushPlanView? Plan = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushBeginView? Begin = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rollback = null);

/// <summary>A push that the leader is to begin.</summary>
/// <param name="File">The file's content id.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Colors">Which colors have it, the first one first.</param>
/// <param name="PercentMin">How many of a hundred nodes of a color must succeed.</param>
/// <param name="Run">What is run at each node; left out for nothing.</param>
/// <param name="Into">Where it belongs.</param>
public sealed record PushBeginView(string File, string Name, IReadOnlyList<string> Colors, int PercentMin, string? Run, string Into);

/// <summary>What a node answers.</summary>
/// <param name="State">How far it is with the plan.</param>
/// <param name="Words">The last line of its command, or what went wrong.</param>
/// <param name="Plan">The latest plan that it knows; left out for none.</param>
/// <param name="Refusal">Why what was asked is not done; left out if it is.</param>
public sealed record PushReportView(
    string State,
    string Words,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PushPlanView? Plan,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Refusal = null);

/// <summary>What a node keeps of pushes, in <c>push.json</c> of its data directory.</summary>
/// <param name="Plan">The latest plan that it knows.</param>
/// <param name="Id">Of which push the rest is.</param>
/// <param name="State">How far the node is.</param>
/// <param name="Words">The last line of its command, or what went wrong.</param>
/// <param name="IsKept">Whether what was in the place before is put aside.</param>
/// <param name="HadBefore">Whether there was anything.</param>
public sealed record PushKeptView(PushPlanView Plan, string Id, string State, string Words, bool IsKept, bool HadBefore);
