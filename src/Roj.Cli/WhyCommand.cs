using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary><c>roj why</c>: on what grounds a node believes what it believes of a member.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var who = new Argument<string>("NODE") { Description = "The member: its name, id or address." };
        var command = new Command(
            "why", "Say why a member counts as alive, suspect, dead or gone: since when, and on whose word. Example: roj why pluto")
        {
            who,
        };
        return new AskedNode().Of(
            command,
            (parsed, node, output) => Write(node.Get(Path(parsed.GetValue(who)!)), output),
            (parsed, node, output) => Answer.Copy(node.Get(Path(parsed.GetValue(who)!)), output));
    }

    private static string Path(string who) => "/api/v1/members/" + Uri.EscapeDataString(who);

    private static void Write(byte[] json, TextWriter output)
    {
        var member = JsonSerializer.Deserialize(json, ApiJson.Default.MemberView)!;
        if (member.Grounds is not { } grounds)
            throw new JsonException("a member without grounds");
        var since = grounds.Since.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        Columns.Pairs(
            output,
            ("member", $"{member.Name} ({member.Id})"),
            ("address", string.Create(CultureInfo.InvariantCulture, $"{member.Address}:{member.NodePort}")),
            ("state", $"{member.State}, incarnation {member.Incarnation.ToString(CultureInfo.InvariantCulture)}"),
            ("since", $"{since}, {Columns.Span(TimeSpan.FromSeconds(grounds.SinceSeconds))} ago"),
            ("grounds", Grounds(member, grounds)),
            ("says", grounds.Observer));
    }

    private static string Grounds(MemberView member, GroundsView grounds)
    {
        var accuser = grounds.AccuserName is { } name ? $"{name} ({grounds.Accuser})" : grounds.Accuser;
        return member.State switch
        {
            "alive" => "it answers",
            "left" => "it said farewell",
            "suspect" => $"{accuser} had no answer from it, and it has not said otherwise yet",
            "dead" => $"{accuser} had no answer from it, and it did not say otherwise in time",
            _ => $"on the word of {accuser}",
        };
    }
}
