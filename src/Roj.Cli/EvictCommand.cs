using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli;

/// <summary><c>roj evict</c>: has all nodes forget a member that will not be back.</summary>
internal static class EvictCommand
{
    public static Command Create()
    {
        var who = new Argument<string>("NODE") { Description = "The member: its name, id or address." };
        var command = new Command(
            "evict",
            "Have all nodes forget a member that is gone, and its vote; it may come back when started again. Example: roj evict pluto")
        {
            who,
        };
        return new AskedNode().Of(
            command,
            (parsed, node, output) => Write(node.Delete(Path(parsed.GetValue(who)!)), output),
            (parsed, node, output) => Answer.Copy(node.Delete(Path(parsed.GetValue(who)!)), output));
    }

    private static string Path(string who) => "/api/v1/members/" + Uri.EscapeDataString(who);

    private static void Write(byte[] json, TextWriter output)
    {
        var member = JsonSerializer.Deserialize(json, ApiJson.Default.MemberView)!;
        var where = string.Create(CultureInfo.InvariantCulture, $"{member.Name} ({member.Id}) at {member.Address}:{member.NodePort}");
        var who = member.NodePort > 0 ? where : $"{member.Id}, of whom no more was known,";
        output.WriteLine(Arguments.OneLine($"{who} is evicted"));
    }
}
