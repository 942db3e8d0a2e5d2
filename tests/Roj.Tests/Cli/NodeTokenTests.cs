using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Roj.Host.Security;
using Roj.Tests.Host;
using Roj.Tests.Host.Http;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary>Commands find the token where it may be, and say where they looked if it is not taken.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class NodeTokenTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly ClusterKey key = ClusterKey.Create();
    private readonly ClusterKey other = ClusterKey.Create();

    public NodeTokenTests()
    {
        foreach (var (name, its) in new[] { ("right", key), ("wrong", other) })
        {
            Directory.CreateDirectory(folder.At($"{name}/state/roj"));
            Put($"{name}/token", AccessToken.Of(its) + "\n");
            Put($"{name}/state/roj/token", AccessToken.Of(its) + "\n");
            Put($"{name}/key", $"# the key of our cluster\n\n{its.Reveal()}\n{(its == key ? other : key).Reveal()}\n");
        }

        Put("nothing", "");
        Put("long", new string('0', 5000));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ROJ_TOKEN=RIGHT-TOKEN", "ROJ_TOKEN_FILE=wrong/token", "ROJ_KEY=WRONG-KEY", "ROJ_KEY_FILE=wrong/key", "ROJ_DATA_DIR=wrong")]
    [InlineData("ROJ_TOKEN_FILE=right/token", "ROJ_KEY=WRONG-KEY", "ROJ_KEY_FILE=wrong/key", "ROJ_DATA_DIR=wrong")]
    [InlineData("ROJ_KEY=RIGHT-KEY", "ROJ_KEY_FILE=wrong/key", "ROJ_DATA_DIR=wrong")]
    [InlineData("ROJ_KEY_FILE=right/key", "ROJ_DATA_DIR=wrong")]
    [InlineData("ROJ_DATA_DIR=right")]
    [InlineData("ROJ_TOKEN=", "ROJ_TOKEN_FILE=", "ROJ_KEY=", "ROJ_KEY_FILE=", "ROJ_DATA_DIR=right")] // empty is not there
    public async Task The_first_place_that_is_given_has_it(params string[] environment)
    {
        await using var api = await StartAsync();
        var run = await RunAsync(api, environment, "status");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.StartsWith("name     earth\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Else_it_is_in_the_usual_data_directory()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root's is the system's");
        await using var api = await StartAsync();
        Assert.Equal(0, (await RunAsync(api, ["XDG_STATE_HOME=right/state"], "status")).Exit);
        Assert.Equal(1, (await RunAsync(api, ["XDG_STATE_HOME=wrong/state"], "status")).Exit);
    }

    [Theory]
    [InlineData("that of ROJ_TOKEN is another's, or was retired", "ROJ_TOKEN=WRONG-TOKEN", "ROJ_DATA_DIR=right")]
    [InlineData("ROJ_TOKEN holds none: that is 64 hexadecimal digits", "ROJ_TOKEN=RIGHT-KEY", "ROJ_DATA_DIR=right")]
    [InlineData("ROJ_TOKEN_FILE (FOLDER/missing) can't be read: No such file or directory", "ROJ_TOKEN_FILE=missing", "ROJ_DATA_DIR=right")]
    [InlineData("ROJ_TOKEN_FILE (FOLDER/right) can't be read: Is a directory", "ROJ_TOKEN_FILE=right", "ROJ_DATA_DIR=right")]
    [InlineData("ROJ_TOKEN_FILE (FOLDER/long) has more than 4096 bytes", "ROJ_TOKEN_FILE=long")]
    [InlineData("ROJ_KEY holds no key: a key begins with roj1-, this does not", "ROJ_KEY=RIGHT-TOKEN")]
    [InlineData("that of the key of ROJ_KEY_FILE (FOLDER/wrong/key) is another's, or was retired", "ROJ_KEY_FILE=wrong/key")]
    [InlineData("ROJ_KEY_FILE (FOLDER/nothing) holds no key: a key begins with roj1-, this does not", "ROJ_KEY_FILE=nothing")]
    [InlineData("FOLDER/nowhere/token can't be read: No such file or directory", "ROJ_DATA_DIR=nowhere")]
    [InlineData("that of FOLDER/wrong/token is another's, or was retired", "ROJ_DATA_DIR=wrong")]
    public async Task What_is_not_taken_is_one_line_that_says_where_it_is_from(string what, params string[] environment)
    {
        await using var api = await StartAsync();
        var run = await RunAsync(api, environment, "members");
        var place = folder.At("");
        Assert.Equal((1, ""), (run.Exit, run.Output));
        Assert.Equal(
            $"roj: refused: 127.0.0.1:{api.Port} wants its cluster's token, and {what.Replace("FOLDER", place, StringComparison.Ordinal)}: "
            + "run this as the user that the node runs as, or say where the token is (ROJ_TOKEN_FILE: the file 'token' of a node's data "
            + "directory) or the key (ROJ_KEY_FILE)\n",
            run.Error);
        var json = await RunAsync(api, environment, "members", "--output", "json");
        using var problem = JsonDocument.Parse(json.Error);
        Assert.Equal((1, 401), (json.Exit, problem.RootElement.GetProperty("status").GetInt32()));
        foreach (var text in new[] { run.Error, json.Error })
        {
            Assert.DoesNotContain(AccessToken.Of(key), text, StringComparison.Ordinal);
            Assert.DoesNotContain(AccessToken.Of(other), text, StringComparison.Ordinal);
            Assert.DoesNotContain("roj1-a", text, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Reveal(), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_of_anothers_is_no_trouble_before_a_node_wants_it()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root reads everything");
        File.SetUnixFileMode(folder.At("right"), UnixFileMode.None);
        try
        {
            await using var open = await RunningApi.StartAsync();
            Assert.Equal(0, (await RunAsync(open, ["ROJ_DATA_DIR=right"], "status")).Exit);
            await using var closed = await StartAsync();
            var run = await RunAsync(closed, ["ROJ_DATA_DIR=right"], "status");
            Assert.Contains($"{folder.At("right/token")} can't be read: Permission denied: ", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder.At("right"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData("events")]
    [InlineData("why", "pluto")]
    [InlineData("evict", "pluto")]
    [InlineData("file", "list")]
    [InlineData("file", "share", "/nothing")]
    public async Task Every_command_brings_it(params string[] command)
    {
        await using var api = await StartAsync();
        var refused = await RunAsync(api, ["ROJ_DATA_DIR=wrong"], command);
        Assert.Contains("wants its cluster's token", refused.Error, StringComparison.Ordinal);
        var run = await RunAsync(api, ["ROJ_DATA_DIR=right"], command);
        Assert.DoesNotContain("token", run.Error, StringComparison.Ordinal);
        Assert.Equal(command[0] == "file" ? "roj: refused: this node shares no files\n" : "", run.Error);
    }

    [Fact]
    public async Task A_name_gets_it_only_from_an_option()
    {
        await using var api = await RunningApi.StartAsync(
            options => options with { Name = Environment.MachineName }, keys: new ClusterKeys(Keyring.Of([key])));
        var plan = RojRun.Plan($"http://localhost:{api.Port}", "status"); // which is this machine whatever anybody answers (RFC 6761, 6.3)
        plan.Environment["ROJ_DATA_DIR"] = folder.At("right");
        Assert.Equal(0, (await RojRun.OfAsync(plan)).Exit);
        Assert.SkipUnless(ResolvesToLoopback(Environment.MachineName), "this machine's name does not lead to its loopback");
        plan.Environment["ROJ_NODE"] = $"http://{Environment.MachineName}:{api.Port}";
        var refused = await RojRun.OfAsync(plan);
        Assert.Contains("no token is sent to a name that only ROJ_NODE says (--node http://", refused.Error, StringComparison.Ordinal);
        plan.ArgumentList.Add("--node");
        plan.ArgumentList.Add(plan.Environment["ROJ_NODE"]!);
        Assert.Equal(0, (await RojRun.OfAsync(plan)).Exit);
    }

    [Fact]
    public async Task The_doctor_brings_it_and_says_what_is_wrong_with_it()
    {
        await using var api = await StartAsync();
        var well = await RunAsync(api, ["ROJ_DATA_DIR=right"], "doctor");
        Assert.Contains($"  node       earth of cluster 'roj' answers at 127.0.0.1:{api.Port}\n", well.Output, StringComparison.Ordinal);
        var ill = await RunAsync(api, ["ROJ_DATA_DIR=wrong"], "doctor");
        Assert.Equal(1, ill.Exit);
        Assert.StartsWith(
            $"WRONG  node       127.0.0.1:{api.Port} wants its cluster's token, and that of {folder.At("wrong/token")} is another's, or "
            + "was retired\n       why it matters: nothing can be asked of it\n       what to do: run this as the user",
            ill.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("no node answers", ill.Output, StringComparison.Ordinal);
    }

    private static bool ResolvesToLoopback(string name)
    {
        try
        {
            return System.Net.Dns.GetHostAddresses(name).Any(address => address.ToString() == "127.0.0.1");
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private void Put(string name, string text) => folder.Put(name, Encoding.ASCII.GetBytes(text));

    private Task<RunningApi> StartAsync() => RunningApi.StartAsync(keys: new ClusterKeys(Keyring.Of([key])));

    private Task<RojRun> RunAsync(RunningApi api, string[] environment, params string[] arguments)
    {
        var plan = RojRun.Plan($"http://127.0.0.1:{api.Port}", arguments);
        foreach (var said in environment)
        {
            var equals = said.IndexOf('=', StringComparison.Ordinal);
            plan.Environment[said[..equals]] = said[(equals + 1)..] switch
            {
                "" => "",
                "RIGHT-TOKEN" => AccessToken.Of(key),
                "WRONG-TOKEN" => AccessToken.Of(other),
                "RIGHT-KEY" => key.Reveal(),
                "WRONG-KEY" => other.Reveal(),
                var name => folder.At(name),
            };
        }

        return RojRun.OfAsync(plan);
    }
}
