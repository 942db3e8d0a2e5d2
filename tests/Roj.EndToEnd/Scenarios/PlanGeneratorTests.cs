using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>Plans keep what the specification guarantees, and use all the freedom it leaves.</summary>
public class PlanGeneratorTests
{
    private const int MiB = 1024 * 1024;

    // All scenarios; generating a gibibyte proves nothing that 2 MiB do not.
    private static readonly Scenario[] Small =
    [
        .. ScenarioCatalog.All.Select(scenario => scenario.FileBytes.Max <= 2 * MiB ? scenario
            : scenario with { FileBytes = (MiB, 2 * MiB) }),
    ];

    private static IEnumerable<Plan> Plans =>
        from i in Enumerable.Range(0, Small.Length)
        from n in Enumerable.Range(1, 4)
        select PlanGenerator.Draw(Small[i], (ulong)((i * 100) + n));

    [Fact]
    public void The_same_seed_gives_the_same_plan()
    {
        var scenario = ScenarioCatalog.Find("restarts-discovery-8-a");
        var (one, two, other) = (PlanGenerator.Draw(scenario, 7), PlanGenerator.Draw(scenario, 7), PlanGenerator.Draw(scenario, 8));
        Assert.Equal(one.File.Sha256, two.File.Sha256);
        Assert.Equal(one.Nodes.Select(Fingerprint), two.Nodes.Select(Fingerprint));
        Assert.Equal((one.FaultsFor, one.FaultSeed), (two.FaultsFor, two.FaultSeed));
        Assert.NotEqual(one.File.Sha256, other.File.Sha256);
    }

    [Fact]
    public void Every_part_is_right_somewhere_and_somebody_knows_the_file()
    {
        foreach (var plan in Plans)
        {
            Assert.Equal(plan.Scenario.Nodes, plan.Nodes.Select(node => node.Number).Distinct().Count());
            Assert.All(plan.Nodes, node => Assert.InRange(node.Number, 1, 253));
            Assert.Equal(plan.Scenario.OneKnowsTheFile ? 1 : plan.Scenario.Nodes, plan.Nodes.Count(node => node.KnowsTheFile));
            for (var part = 0; part < plan.File.PartCount; part++)
            {
                var end = Math.Min(plan.File.Bytes.Length, (part + 1L) * plan.File.PartBytes);
                Assert.Contains(plan.Nodes, node => node.Data.RightParts.Contains(part) && node.Data.Length >= end);
            }
        }
    }

    [Fact]
    public void The_nodes_know_each_other_in_a_roundabout_way_or_not_at_all()
    {
        foreach (var plan in Plans)
        {
            var reached = new HashSet<byte> { plan.Nodes[0].Number };
            for (var i = 0; i < plan.Nodes.Count; i++) // as many rounds as nodes is always enough
            {
                foreach (var node in plan.Nodes.Where(node => reached.Contains(node.Number) || node.Peers.Any(reached.Contains)))
                    reached.UnionWith([node.Number, .. node.Peers]);
            }

            var isConnected = plan.Nodes.All(node => reached.Contains(node.Number));
            Assert.Equal(plan.Scenario.Acquaintance != Acquaintance.Nobody, isConnected);
            if (!isConnected)
                Assert.All(plan.Nodes, node => Assert.Empty(node.Peers));
        }
    }

    [Fact]
    public void Only_many_source_files_are_nowhere_whole()
    {
        foreach (var plan in Plans)
        {
            var full = plan.Nodes.Count(node =>
                node.Data.Length == plan.File.Bytes.Length && node.Data.RightParts.Count == plan.File.PartCount);
            switch (plan.Scenario.Spread)
            {
                case Spread.OneFull:
                    Assert.Equal(1, full);
                    break;
                case Spread.EighthFull:
                    Assert.True(full >= Math.Max(1, plan.Scenario.Nodes / 8));
                    break;
                default:
                    Assert.All(plan.Nodes, node => Assert.Equal(plan.File.Bytes.Length, node.Data.Length));
                    Assert.Equal(plan.File.PartCount, plan.Nodes.Sum(node => node.Data.RightParts.Count));
                    break;
            }
        }
    }

    [Fact]
    public void Faults_leave_half_of_the_time_for_finishing() =>
        Assert.All(Plans, plan => Assert.InRange(
            plan.FaultsFor,
            plan.Scenario.Faults is null ? TimeSpan.Zero : plan.Scenario.Limit / 4,
            plan.Scenario.Faults is null ? TimeSpan.Zero : plan.Scenario.Limit / 2));

    [Fact]
    public void The_configuration_describes_the_file()
    {
        foreach (var plan in Plans)
        {
            foreach (var node in plan.Nodes)
            {
                using var conf = JsonDocument.Parse(node.Configuration);
                var peers = conf.RootElement.TryGetProperty("Peers", out var list) && list.ValueKind != JsonValueKind.Null
                    ? list.EnumerateArray().Select(peer => peer.GetString()!).ToArray()
                    : [];
                Assert.Equal(node.Peers.Select(LabWiring.Address), peers);
                var knows = conf.RootElement.TryGetProperty("FileInfo", out var info) && info.ValueKind != JsonValueKind.Null;
                Assert.Equal(node.KnowsTheFile, knows);
                if (knows)
                    AssertDescribes(info, plan.File);
            }
        }
    }

    [Fact]
    public void All_forms_and_kinds_turn_up()
    {
        var scenario = ScenarioCatalog.Find("simple-extra-60") with { FileBytes = (1_000_000, 1_000_000) };
        var plan = PlanGenerator.Draw(scenario, 1);
        Assert.Equal((1_000_000 + 65_535) / 65_536, plan.File.PartCount);
        var data = plan.Nodes.Select(node => node.Data).ToArray();
        Assert.Contains(data, node => node.Length is null);
        Assert.Contains(data, node => node.Length == 0);
        Assert.Contains(data, node => node.Length is > 0 and < 1_000_000);
        Assert.Contains(data, node => node.Length > 1_000_000);
        Assert.Contains(data, node => node.Length == 1_000_000 && node.RightParts.Count == 0);
        Assert.Contains(data, node => node.RightParts.Count > 0 && node.RightParts.Count < plan.File.PartCount);
        Assert.Equal(26, plan.Nodes.Count(node => node.Peers.Count == 0)); // half of the 53 that are not among the 7 full ones
        Assert.Contains(plan.Nodes, node => node.Peers.Contains(node.Number));
        Assert.Contains(plan.Nodes, node => node.Peers.Any(peer => plan.Nodes.All(other => other.Number != peer)));
        Assert.True(plan.File.PartHashes.Distinct().Count() < plan.File.PartCount);
    }

    [Fact]
    public void What_is_written_is_what_was_drawn()
    {
        var folder = Directory.CreateTempSubdirectory("roj");
        try
        {
            var scenario = ScenarioCatalog.Find("simple-extra-30") with { FileBytes = (200_000, 200_000), PartBytes = (7_000, 7_000) };
            var plan = PlanGenerator.Draw(scenario, 3);
            foreach (var node in plan.Nodes)
            {
                var path = Path.Combine(folder.FullName, LabWiring.Namespace(node.Number));
                plan.File.WriteInitial(node.Data, path);
                Assert.Equal(node.Data.Length is not null, File.Exists(path));
                if (node.Data.Length is { } length)
                    AssertHolds(plan.File, node.Data, File.ReadAllBytes(path), length);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_catalogue_has_the_seven_a_large_file_and_a_quick_size_of_each()
    {
        Assert.Equal(ScenarioCatalog.All.Count, ScenarioCatalog.All.Select(scenario => scenario.Name).Distinct().Count());
        Assert.Equal(1 + 1 + 4 + 1 + 4 + 3 + 6 + 6 + 6, ScenarioCatalog.All.Count);
        string[] quick = [.. ScenarioCatalog.All.Where(scenario => scenario.IsQuick).Select(scenario => scenario.Name)];
        Assert.Equal(
            [
                "two-nodes", "simple-random-5", "simple-extra-empty-7", "simple-extra-30", "many-source-8", "restarts-8-a", "restarts-8-b",
                "restarts-discovery-8-a", "self-discovery-8-b",
            ],
            quick);
    }

    private static void AssertHolds(SharedFile file, InitialData data, byte[] bytes, long length)
    {
        Assert.Equal(length, bytes.Length);
        for (var part = 0; part < file.PartCount && (part + 1) * file.PartBytes <= length; part++)
        {
            var isRight = bytes.AsSpan(part * file.PartBytes, file.Part(part).Length).SequenceEqual(file.Part(part));
            Assert.Equal(data.RightParts.Contains(part), isRight);
        }
    }

    private static void AssertDescribes(JsonElement info, SharedFile file)
    {
        Assert.Equal(file.Bytes.Length, info.GetProperty("Size").GetInt32());
        Assert.Equal(file.PartBytes, info.GetProperty("PartSize").GetInt32());
        var parts = info.GetProperty("Parts");
        var hashes = parts.ValueKind == JsonValueKind.Null ? [] : parts.EnumerateArray().Select(part => part.GetString()!).ToArray();
        Assert.Equal(file.Bytes.Chunk(file.PartBytes).Select(part => Convert.ToHexStringLower(SHA1.HashData(part))), hashes);
    }

    private static string Fingerprint(NodePlan node)
    {
        var parts = string.Join(' ', node.Data.RightParts.Order());
        return $"{node.Number} {Convert.ToHexString(node.Configuration)} {node.Data.Length} {node.Data.JunkSeed} {parts}";
    }
}
