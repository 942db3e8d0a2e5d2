using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Tests.Cli;
using Roj.Tests.Host;
using Roj.Tests.Tidy;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Roj.Tests.Packaging;

/// <summary>What brings the program onto machines says what the program knows: options, variables, ports, paths.</summary>
public sealed partial class PackagingTests
{
    private static readonly string[] ports =
    [
        Text(NodeOptions.DefaultHttpPort), Text(NodeOptions.DefaultRespPort), Text(SyncOptions.DefaultNodePort),
        Text(SyncOptions.DefaultSwarmPort),
    ];

    private static Dockerfile Docker => new(Repository.File("Dockerfile").Text);

    [Fact]
    public void The_image_is_a_node_unless_the_other_is_asked_for()
    {
        Assert.Equal("node", Docker.Stages[^1]);
        Assert.Equal(["/usr/local/bin/roj", "node"], Docker.Command("node"));
        Assert.Equal(["/usr/local/bin/roj", "sync", "--config", "/torrent.conf", "--data", "/data.bin"], Docker.Command("sync"));
        Assert.Empty(Docker.MissingStages());
    }

    [Theory]
    [InlineData("node")]
    [InlineData("sync")]
    public async Task The_options_of_the_image_are_the_programs(string stage)
    {
        var command = Docker.Command(stage);
        var help = await RojRun.OfAsync(null, command[1], "--help");
        Assert.All(command.Where(word => word.StartsWith("--", StringComparison.Ordinal)),
            option => Assert.Contains($" {option} ", help.Output, StringComparison.Ordinal));
        Assert.All(Docker.Of(stage, "EXPOSE").SelectMany(line => line.Split(' ')), port => Assert.Contains(port.Split('/')[0], ports));
    }

    [Fact]
    public void Every_setting_of_the_image_is_one() =>
        Settings(Docker.Of("node", "ENV").Select(line => line.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]));

    [Fact]
    public void Five_nodes_of_the_composition_have_names_and_places_of_their_own()
    {
        var compose = Assert.Single(Yaml.Parse(Repository.File("compose.yaml").Text));
        var nodes = compose.At("services").Names().Where(name => name.StartsWith('n')).ToArray();
        Assert.Equal(["n1", "n2", "n3", "n4", "n5"], nodes);
        Assert.All(nodes, name =>
        {
            var node = compose.At("services", name).Merged();
            Assert.Equal(name, node.At("hostname").Text());
            Assert.Equal([$"{name}:/var/lib/roj"], node.At("volumes").Items().Select(volume => volume.Text()));
            Assert.Contains(node.At("build", "target").Text(), Docker.Stages);
            Assert.Contains(name, compose.At("volumes").Names());
            Assert.All(node.At("networks").Items(), network => Assert.Contains(network.Text(), compose.At("networks").Names()));
        });
        Assert.Equal(["/var/lib/roj"], Docker.Of("node", "VOLUME"));
    }

    [Theory]
    [InlineData("seeder", "172.31.111.42", "1")]
    [InlineData("leecher", "172.31.111.69", "2")]
    public void Two_of_the_composition_are_those_of_the_assignment(string name, string address, string number)
    {
        var node = Assert.Single(Yaml.Parse(Repository.File("compose.yaml").Text)).At("services", name).Merged();
        Assert.Equal("sync", node.At("build", "target").Text());
        Assert.Equal("sync", Assert.Single(node.At("profiles").Items()).Text()); // not beside the five, unless asked for
        Assert.Equal(address, node.At("networks", "swarm", "ipv4_address").Text());
        Assert.Equal(
            [$"./tmp/data{number}.bin:/data.bin", $"./tmp/torrent{number}.conf:/torrent.conf:ro"],
            node.At("volumes").Items().Select(volume => volume.Text()));
    }

    [Fact]
    public async Task The_set_of_Kubernetes_is_of_one_piece()
    {
        var all = Yaml.Parse(Repository.File("packaging/kubernetes/roj.yaml").Text);
        YamlNode Kind(string kind) => Assert.Single(all, one => one.At("kind").Text() == kind);
        var (service, set) = (Kind("Service"), Kind("StatefulSet"));
        Assert.Equal("None", service.At("spec", "clusterIP").Text());
        Assert.Equal(service.At("metadata", "name").Text(), set.At("spec", "serviceName").Text());
        var label = set.At("spec", "template", "metadata", "labels", "app.kubernetes.io/name").Text();
        Assert.Equal(label, set.At("spec", "selector", "matchLabels", "app.kubernetes.io/name").Text());
        Assert.Equal(label, service.At("spec", "selector", "app.kubernetes.io/name").Text());
        Assert.Equal(label, Kind("PodDisruptionBudget").At("spec", "selector", "matchLabels", "app.kubernetes.io/name").Text());

        var pod = set.At("spec", "template", "spec");
        var container = Assert.Single(pod.At("containers").Items());
        Assert.Equal(Docker.Of("node", "USER").Last(), pod.At("securityContext", "runAsUser").Text());
        var open = container.At("ports").Items().ToDictionary(p => p.At("name").Text(), p => p.At("containerPort").Text());
        Assert.All(open.Values, port => Assert.Contains(port, ports));
        Assert.All(service.At("spec", "ports").Items(), port => Assert.Equal(open[port.At("targetPort").Text()], port.At("port").Text()));
        foreach (var probe in (string[])["livenessProbe", "readinessProbe"])
        {
            Assert.Contains($"\"{container.At(probe, "httpGet", "path").Text()}\"", Routes, StringComparison.Ordinal);
            Assert.Equal(Text(NodeOptions.DefaultHttpPort), open[container.At(probe, "httpGet", "port").Text()]);
        }

        var claims = set.At("spec", "volumeClaimTemplates").Items().Select(claim => claim.At("metadata", "name").Text());
        var volumes = claims.Concat(pod.At("volumes").Items().Select(volume => volume.At("name").Text())).ToArray();
        Assert.All(container.At("volumeMounts").Items(), mount => Assert.Contains(mount.At("name").Text(), volumes));
        var settings = container.At("env").Items().ToDictionary(one => one.At("name").Text(), ValueOf);
        Assert.Equal(set.At("spec", "replicas").Text(), settings["ROJ_EXPECT"]);
        Settings(settings);

        var script = container.At("command").Items().Select(word => word.Text()).Last();
        Assert.Equal(0, (await RunAsync("/bin/sh", "-n", "-c", script)).Exit);
        Assert.Contains("exec roj node", script, StringComparison.Ordinal);
        var known = NodeConfiguration.Settings.Select(setting => $"--{setting.Name}").ToArray();
        Assert.All(LongOption().Matches(script), option => Assert.Contains(option.Value, known));
    }

    [Fact]
    public async Task As_many_virtual_nodes_as_are_asked_for_have_the_addresses_of_the_assignment()
    {
        var text = Repository.File("Vagrantfile").Text;
        Assert.Matches(@"(?m)^NODES_COUNT = ", text);
        var settings = Quoted().Matches(text).Select(m => m.Groups[1].Value).Distinct().ToDictionary(name => name, name => name switch
        {
            "IP_ADDRESS" => "10.0.1.101",
            "NUM_NODES" => "5",
            "IP_OFFSET" => "100",
            "ROJ_ELECTION" => "ring",
            _ => "node-1",
        });
        Assert.Equal(["IP_ADDRESS", "IP_OFFSET", "NUM_NODES", "ROJ_ELECTION", "ROJ_NAME"], settings.Keys.Order(StringComparer.Ordinal));
        var options = Settings(settings);
        Assert.Equal((5, 100, "node-1"), (options.NumNodes, options.IpOffset, options.Name));
        Assert.SkipUnless(File.Exists("/usr/bin/ruby"), "no ruby to read the rest by");
        Assert.Equal(0, (await RunAsync("/usr/bin/ruby", "-c", Path.Combine(Repository.Root, "Vagrantfile"))).Exit);
    }

    [Fact]
    public void The_unit_starts_a_node_with_settings_that_are_some()
    {
        var lines = Repository.File("packaging/roj.service").Lines;
        Assert.Equal(["ExecStart=/usr/local/bin/roj node"], lines.Where(line => line.StartsWith("Exec", StringComparison.Ordinal)));
        Settings(lines.Where(line => line.StartsWith("Environment=", StringComparison.Ordinal)).Select(line => line.Split('='))
            .ToDictionary(parts => parts[1], parts => parts[2]));
    }

    [Fact]
    public async Task The_unit_is_what_systemd_takes_and_calls_safe()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Analyze), "no systemd to ask");
        using var scratch = new ScratchFolder();
        var here = Repository.File("packaging/roj.service").Text.Replace("/usr/local/bin/roj", "/bin/true", StringComparison.Ordinal);
        var unit = scratch.Put("roj.service", System.Text.Encoding.UTF8.GetBytes(here));
        Assert.Equal((0, ""), await RunAsync(Analyze, "verify", unit)); // warnings too are said
        // Of ten, twice 1.3: what its own settings leave open.
        Assert.Equal(0, (await RunAsync(Analyze, "security", "--offline=true", "--threshold=26", unit)).Exit);
    }

    // The routes of the API, and those that are beside it.
    private static string Routes => Repository.File("src/Roj.Host/Http/openapi.json").Text;

    // They are read as the program reads them: a name that is none, or a value that can't be, fails.
    private static NodeOptions Settings(Dictionary<string, string> variables)
    {
        Assert.Empty(NodeConfiguration.Unknown(variables.Keys));
        return NodeConfiguration.Read(new Dictionary<string, IReadOnlyList<string>>(), variables.GetValueOrDefault, isRoot: true);
    }

    private static string ValueOf(YamlNode setting) => setting.Names().Contains("value")
        ? setting.At("value").Text()
        : setting.At("valueFrom", "fieldRef", "fieldPath").Text() == "status.podIP" ? "10.1.2.3" : "roj-0";

    private static async Task<(int Exit, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var run = await RojRun.OfAsync(start);
        return (run.Exit, run.Output + run.Error);
    }

    private static string Text(ushort port) => port.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"--[a-z][a-z-]+")]
    private static partial Regex LongOption();

    [GeneratedRegex(@"""([A-Z][A-Z_]+)"" =>")]
    private static partial Regex Quoted();
}
