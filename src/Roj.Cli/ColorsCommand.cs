using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary><c>roj colors</c>: who plays which part, as one node sees it.</summary>
internal static class ColorsCommand
{
    private const string Path = "/api/v1/colors";

    public static Command Create() => new AskedNode().Of(
        new Command("colors", "List the colors: a third of the nodes is green, the leader among them. Example: roj colors --output json"),
        (_, node, output) => Write(node, output),
        (_, node, output) => Answer.Copy(node.Get(Path), output));

    private static void Write(NodeClient node, TextWriter output)
    {
        var view = JsonSerializer.Deserialize(node.Get(Path), ApiJson.Default.ColorsView)!;
        if (view.Nodes.Count == 0)
        {
            output.WriteLine("no colors yet: nobody leads, or this node has not heard them");
            return;
        }

        Columns.Write(output, [["NAME", "COLOR", "ADDRESS", "ID"], .. view.Nodes.Select(Row)]);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{view.Nodes.Count(one => one.Color == "green")} of {view.Nodes.Count} green; version {view.Version} of term {view.Term}"));
    }

    private static string[] Row(ColorView one) =>
    [
        one.Node.Name + (one.IsLeader ? " (leader)" : ""),
        one.Color,
        one.Node.Address,
        one.Node.Id,
    ];
}
