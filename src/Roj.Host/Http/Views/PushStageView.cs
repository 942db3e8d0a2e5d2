using Roj.Election;
using Roj.Election.Pushes;
using Roj.Kernel;

namespace Roj.Host.Http.Views;

/// <summary>Nodes that switch together.</summary>
/// <param name="Color">green or red.</param>
/// <param name="Nodes">Their ids.</param>
public sealed record PushStageView(string Color, IReadOnlyList<string> Nodes)
{
    internal static PushStageView Of(PushStage stage) =>
        new(ColorsView.Word(stage.Colour), [.. stage.Nodes.Select(node => node.ToString())]);

    internal PushStage? Read()
    {
        Colour? colour = Color switch { "green" => Colour.Green, "red" => Colour.Red, _ => null };
        NodeId[] nodes = [.. (Nodes ?? []).Where(node => NodeId.TryParse(node, out _)).Select(node =>
            NodeId.TryParse(node, out var id) ? id : default)];
        return colour is { } known && nodes.Length > 0 && nodes.Length == Nodes!.Count ? new PushStage(known, nodes) : null;
    }
}
