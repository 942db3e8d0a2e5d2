using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary><c>roj members</c>: who is here, as one node sees it.</summary>
internal static class MembersCommand
{
    private const string Path = "/api/v1/members";

    public static Command Create() => new AskedNode().Of(
        new Command("members", "List the members of the cluster as a node sees them. Example: roj members --output json"),
        (_, node, output) => Write(node, output),
        (_, node, output) => Answer.Copy(node.Get(Path), output));

    private static void Write(NodeClient node, TextWriter output)
    {
        var view = JsonSerializer.Deserialize(node.Get(Path), ApiJson.Default.MembersView)!;
        Columns.Write(output, [["NAME", "STATE", "ADDRESS", "INCARNATION", "VERSION", "SERVICES", "ID"], .. view.Members.Select(Row)]);
    }

    private static string[] Row(MemberView member) =>
    [
        member.Name,
        member.State,
        string.Create(CultureInfo.InvariantCulture, $"{member.Address}:{member.NodePort}"),
        member.Incarnation.ToString(CultureInfo.InvariantCulture),
        member.Version,
        member.Services.Count > 0 ? string.Join(',', member.Services) : "-",
        member.Id,
    ];
}
