using System.Globalization;
using Roj.Host.Http.Views;
using Roj.Kernel;

namespace Roj.Browser;

/// <summary>Clusters of any size, as a node would tell of them.</summary>
internal static class Cast
{
    /// <summary>What a node is called.</summary>
    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"n-{number:D3}");

    /// <summary>So many nodes: the second leads, one holds the token, of those beyond ten some are not well; and a file on its way.
    /// </summary>
    public static OverviewView Of(int count)
    {
        var nodes = Enumerable.Range(1, count).Select(number => Node(number, count)).ToArray();
        var holder = nodes[count > 24 ? count / 3 : 2];
        var leader = new NodeNameView(nodes[1].Id, nodes[1].Name, nodes[1].Address, 7070);
        var began = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(3);
        return new OverviewView(
            DateTimeOffset.UtcNow,
            0,
            new StatusView(nodes[0].Id, nodes[0].Name, "observatory", "available", "0.1.0", 180, nodes[0].Address, 7071),
            nodes,
            new LeaderView(leader, 4, false, "available", "bully", "red", [new(4, leader.Id, leader.Name, began, null, "it leads", null)]),
            [new OverviewTokenView(
                new TokenView("pi", "available", "waiter", holder.Id, holder.Name, 2, 57, 1582, 12, "pi", null),
                "58209749445923078164062862089986280348253421170679821480865132823066470938446095505822317253594081284811174502")],
            Store(nodes),
            [File(nodes)],
            1);
    }

    private static OverviewNodeView Node(int number, int count)
    {
        var state = number <= 10 ? "alive" : (number % 97) switch { 11 => "suspect", 30 => "dead", 61 => "left", _ => "alive" };
        var address = string.Create(CultureInfo.InvariantCulture, $"10.7.{number / 250}.{(number % 250) + 1}");
        var color = number == 2 || (number * 2_654_435_761L >> 12) % 3 == 0 ? "green" : "red";
        return new OverviewNodeView(
            new NodeId((ulong)number).ToString(), Name(number), address, 7070, state, color, 170 - (number % 60),
            number == 1 ? 0 : count > 40 && number % 7 == 0 ? 64.5 : number % 9 / 2.0);
    }

    private static OverviewStoreView Store(OverviewNodeView[] nodes) => new(
        2,
        "4.1.7",
        [.. nodes.Select(node => node.Id)],
        [.. Enumerable.Range(0, 256).Select(slot => (int[])[slot * 7 % nodes.Length, ((slot * 7) + 1 + (slot % 3)) % nodes.Length])],
        18_402,
        7_340_032,
        12,
        0,
        3,
        false);

    private static OverviewFileView File(OverviewNodeView[] nodes)
    {
        const int Parts = 640;
        return new OverviewFileView("3f9c5b1d0a", "firmware-2.4.img", 167_772_160, Parts, true, false, [.. nodes.Select(HolderOf)]);

        static OverviewFileView.Holder HolderOf(OverviewNodeView node, int index)
        {
            var rng = new Random(index);
            var wholeness = index == 0 ? 1 : Math.Min(1, 0.25 + rng.NextDouble());
            var sketch = string.Concat(Enumerable.Range(0, 64).Select(
                _ => wholeness >= 1 || rng.NextDouble() < wholeness ? 'f' : "0359"[rng.Next(4)]));
            var have = sketch.Sum(digit => Convert.ToInt32(digit.ToString(), 16)) * Parts / (64 * 15);
            return new OverviewFileView.Holder(node.Id, node.Address, have, sketch);
        }
    }
}
