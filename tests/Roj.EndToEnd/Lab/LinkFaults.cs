using System.Globalization;
using System.Text;

namespace Roj.EndToEnd;

/// <summary>What the bridge refuses to carry, written down as a ruleset for nft(8).</summary>
internal sealed class LinkFaults
{
    /// <summary>The table that <see cref="Ruleset"/> fills, as nft names it.</summary>
    public const string Table = "bridge lab";

    private readonly SortedSet<(byte From, byte To)> cuts = [];
    private readonly SortedDictionary<byte, int> lossPerTenThousand = [];
    private int lossEverywherePerTenThousand;
    private bool streamsOnly;

    /// <summary>Frames from <paramref name="from"/> to <paramref name="to"/> are lost; the other direction stays as it is.</summary>
    public void Cut(byte from, byte to) => cuts.Add((from, to));

    /// <summary>Frames from <paramref name="from"/> to <paramref name="to"/> pass again.</summary>
    public void Mend(byte from, byte to) => cuts.Remove((from, to));

    /// <summary>Every frame passes again, but for random loss.</summary>
    public void Heal() => cuts.Clear();

    /// <summary>Of all frames that <paramref name="number"/> sends, and of all it is sent, this share is lost.</summary>
    public void Lose(byte number, double percent) => lossPerTenThousand[number] = (int)Math.Round(percent * 100);

    /// <summary>Of all frames between hosts, this share is lost; of a broadcast, each copy for itself.</summary>
    public void LoseEverywhere(double percent) => lossEverywherePerTenThousand = (int)Math.Round(percent * 100);

    /// <summary>Every datagram (UDP) is lost, but for BEP 14's multicast: that is heard only by who looks around.</summary>
    public void ForbidDatagrams() => streamsOnly = true;

    /// <summary>For nft -f: replaces the whole table at once, so that no frame meets half a ruleset.</summary>
    public string Ruleset()
    {
        // The first line makes the second succeed where there is no table yet.
        var rules = new StringBuilder($"table {Table}\ndelete table {Table}\ntable {Table} {{\n");
        if (cuts.Count > 0)
            rules.AppendLine($"  set cut {{ type ifname . ifname; elements = {{ {string.Join(", ", cuts.Select(Element))} }} }}");
        rules.AppendLine("  chain forward {\n    type filter hook forward priority 0");
        if (cuts.Count > 0)
            rules.AppendLine("    iifname . oifname @cut drop");
        if (streamsOnly)
            rules.AppendLine("    ip daddr != 239.192.152.143 ip protocol udp drop");
        if (lossEverywherePerTenThousand > 0)
            rules.AppendLine(CultureInfo.InvariantCulture, $"    numgen random mod 10000 < {lossEverywherePerTenThousand} drop");
        foreach (var (number, loss) in lossPerTenThousand.Where(entry => entry.Value > 0))
        {
            foreach (var side in (ReadOnlySpan<string>)["iifname", "oifname"])
            {
                rules.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"    {side} \"{LabWiring.Port(number)}\" numgen random mod 10000 < {loss} drop");
            }
        }

        return rules.AppendLine("  }\n}").ToString();
    }

    private static string Element((byte From, byte To) cut) => $"\"{LabWiring.Port(cut.From)}\" . \"{LabWiring.Port(cut.To)}\"";
}
