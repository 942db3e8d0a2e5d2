namespace Roj.Host.Http.Views;

/// <summary>What the event <c>refuted</c> tells: others believed wrongly of this node.</summary>
/// <param name="Said">What was believed: <c>suspect</c>, <c>dead</c> or <c>left</c>.</param>
/// <param name="Accuser">On whose word: an id.</param>
/// <param name="Incarnation">This node's incarnation from then on.</param>
public sealed record RefutedView(string Said, string Accuser, ulong Incarnation);
