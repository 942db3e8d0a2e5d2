using System.Globalization;

namespace Roj.Cli.Doctor;

/// <summary>Says what a survey means. It touches nothing.</summary>
internal static class Diagnosis
{
    // HTTP tells whole seconds, and an answer takes a while.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>All findings about a running node.</summary>
    public static IEnumerable<Finding> Of(Survey survey)
    {
        if (survey.Node is not { } node)
            return [];
        return [Broadcast(survey, node), Cluster(survey, node), .. Clocks(survey), .. Links(survey, node), .. Identities(survey, node)];
    }

    private static Finding Broadcast(Survey survey, Asked node)
    {
        const string Check = "broadcast";
        const string Why = "nodes that are told nothing find each other by broadcast; without it they need a sweep, which takes seconds";
        if (survey.IsKeyMissing)
        {
            return Finding.Well(
                Check,
                "can't be tried: nodes here hear nobody without their key, which this user does not have; ROJ_KEY_FILE says where it is");
        }

        bool Heard(IReadOnlyList<Answered> answers, string address) => answers.Any(answer => AddressOf(answer) == address);
        var own = node.Status.Address;
        if (Heard(survey.ByAddress, own) && !Heard(survey.ByBroadcast, own))
        {
            return Finding.Wrong(
                Check,
                $"the node at {own} answers a hello to its address, but not one to all of its network",
                Why,
                $"let UDP port {Number(node.Status.NodePort)} pass this machine's firewall, to and from the broadcast address; "
                    + "until then name a node with --join");
        }

        string[] near = [.. survey.ByAddress.Select(AddressOf).Where(address => address != own).Distinct()];
        if (near.Length > 0 && !near.Any(address => Heard(survey.ByBroadcast, address)))
        {
            return Finding.Wrong(
                Check,
                $"{string.Join(", ", near.Take(3))}{(near.Length > 3 ? " and others" : "")} answer a hello to their addresses, "
                    + "but none to all",
                Why,
                $"let UDP broadcasts to port {Number(node.Status.NodePort)} pass: look at the others' firewalls, and at switches and "
                    + "access points that isolate clients; until then name a node with --join");
        }

        return survey.ByBroadcast.Count > 0
            ? Finding.Well(Check, $"{Number(survey.ByBroadcast.Select(AddressOf).Distinct().Count())} nodes answer a hello to all")
            : Finding.Well(Check, "nobody answers a hello, by address or to all: nothing can be said");
    }

    private static Finding Cluster(Survey survey, Asked node)
    {
        const string Check = "cluster";
        var (name, count) = (node.Status.Cluster, survey.OtherCluster);
        if (count == 0)
            return Finding.Well(Check, $"'{name}' is the only cluster's name that the node hears");
        var heard = $"the node is of '{name}' and heard {Number(count)} hellos of a cluster with another name";
        // With company it is a neighbour; alone it is likely a mistake.
        return node.Members.Members.Count(member => member.State == "alive") > 1
            ? Finding.Well(Check, heard + "; it has members of its own, so that is as it should be")
            : Finding.Wrong(
                Check,
                heard + ", and none of its own",
                "nodes see those of the same cluster name only",
                "if they belong together, give all of them the same --cluster");
    }

    private static IEnumerable<Finding> Clocks(Survey survey)
    {
        const string Check = "clock";
        Asked[] off = [.. survey.Others.Where(other => other.ClockAhead.Duration() > ClockTolerance)];
        if (off.Length == 0 && survey.Others.Count > 0)
            yield return Finding.Well(Check, $"the clocks of {Number(survey.Others.Count)} others agree with this machine's");
        foreach (var other in off)
        {
            var seconds = Number((long)other.ClockAhead.Duration().TotalSeconds);
            yield return Finding.Wrong(
                Check,
                $"the clock of {other.Status.Name} at {other.Status.Address} is {seconds} s "
                    + $"{(other.ClockAhead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's",
                "nodes work all the same, but their logs and events can't be read together",
                "run a time service (NTP) on both, and see which of the two is wrong");
        }
    }

    /// <summary>Pairs of which one holds the other dead or suspect, though that one runs: it was just asked.</summary>
    private static List<Finding> Links(Survey survey, Asked node)
    {
        const string Check = "link";
        Asked[] running = [node, .. survey.Others];
        List<Finding> wrong = [];
        foreach (var deaf in running)
        {
            foreach (var other in running.Where(other => other.Status.Id != deaf.Status.Id))
            {
                if (StateIn(deaf, other) is { } state and ("dead" or "suspect"))
                    wrong.Add(Link(deaf, other, state));
            }
        }

        if (wrong.Count == 0 && survey.Others.Count > 0)
            wrong.Add(Finding.Well(Check, $"{Number(running.Length)} nodes that answer hold each other alive"));
        return wrong;
    }

    private static Finding Link(Asked deaf, Asked other, string state)
    {
        var isOneWay = StateIn(other, deaf) == "alive";
        var (who, whom) = ($"{deaf.Status.Name} ({deaf.Status.Address})", $"{other.Status.Name} ({other.Status.Address})");
        return Finding.Wrong(
            "link",
            $"{who} holds {whom} {state}, though it runs" + (isOneWay ? $", and that one holds {who} alive: a link of one way" : ""),
            "what a node holds dead takes no part for it, and its share of the work is given to others",
            string.Create(
                CultureInfo.InvariantCulture,
                $"let UDP and TCP port {deaf.Status.NodePort} pass from {other.Status.Address} to {deaf.Status.Address} and back; ")
                + $"'roj why {other.Status.Name} --node {deaf.Url.GetLeftPart(UriPartial.Authority)}' says on whose word");
    }

    private static IEnumerable<Finding> Identities(Survey survey, Asked node)
    {
        const string Check = "identity";
        var said = survey.ByBroadcast.Concat(survey.ByAddress).Select(answer => (Id: answer.Id.ToString(), Address: AddressOf(answer)))
            .Concat(survey.Others.Append(node).Select(asked => (asked.Status.Id, asked.Status.Address)));
        var several = said.Distinct().GroupBy(one => one.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).ToArray();
        if (several.Length == 0)
            yield return Finding.Well(Check, "no two nodes that answer say to be the same");
        foreach (var group in several)
        {
            yield return Finding.Wrong(
                Check,
                $"{string.Join(" and ", group.Select(one => one.Address).Order(StringComparer.Ordinal))} both say to be {group.Key}",
                "to the others they are one node that jumps to and fro",
                "one data directory is a copy of the other: stop one of the two, remove its file 'id', and start it again");
        }
    }

    private static string? StateIn(Asked view, Asked whom) =>
        view.Members.Members.FirstOrDefault(member => member.Id == whom.Status.Id)?.State;

    private static string AddressOf(Answered answer) => Kernel.Endpoint.AddressText(answer.From.Address);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
