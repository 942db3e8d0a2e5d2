using System.Runtime.Versioning;
using Roj.Host.Daemon;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Daemon;

public class DataDirectoryTests
{
    private readonly List<string> warnings = [];

    [Fact]
    public void A_new_node_has_an_id_for_good_and_counts_its_lives()
    {
        using var folder = new ScratchFolder();
        for (var life = 1u; life <= 3; life++)
        {
            using var directory = Open(folder, life);
            Assert.Equal(new NodeId(1), directory.Id); // the first one drawn
            directory.BeginLife();
            Assert.Equal((ulong)life << 32, directory.State.Incarnation);
        }

        Assert.Equal(new NodeId(1) + "\n", File.ReadAllText(folder.At("node/id")));
        Assert.Empty(warnings);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void It_is_the_owners_alone_and_a_wider_one_is_warned_of()
    {
        using var folder = new ScratchFolder();
        Open(folder, 1).Dispose();
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(folder.At("node")), 8));
        File.SetUnixFileMode(folder.At("node"), (UnixFileMode)0b111_101_101);
        Open(folder, 1).Dispose();
        Assert.Contains($"chmod 700 {folder.At("node")}", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_node_is_told_who_has_it_and_changes_nothing()
    {
        using var folder = new ScratchFolder();
        using (Open(folder, 1))
        {
            var refused = Assert.Throws<NodeException>(() => Open(folder, 2));
            Assert.False(refused.IsWrongUse);
            Assert.StartsWith(
                $"another node (process {Environment.ProcessId}) uses {folder.At("node")}; ", refused.Message, StringComparison.Ordinal);
        }

        Open(folder, 2).Dispose(); // it is free again
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an id\n")]
    [InlineData("0000000000000000000000000000001\n")] // 31 digits
    [InlineData("000000000000000000000000000000001\n")]
    [InlineData("00000000000000000000000000000001\n\n")]
    [InlineData("0000000000000000000000000000000g\n")]
    public void An_id_that_is_none_is_named_and_left_as_it_is(string text)
    {
        using var folder = new ScratchFolder();
        Open(folder, 1).Dispose();
        File.WriteAllText(folder.At("node/id"), text);
        Assert.StartsWith(
            $"{folder.At("node/id")} is not 32 hex", Assert.Throws<NodeException>(() => Open(folder, 2)).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(folder.At("node/id")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"lives":1}""")]
    [InlineData("""{"lives":1,"members":[7]}""")]
    [InlineData("""{"lives":1,"members":["here"]}""")]
    [InlineData("""{"lives":-1,"members":[]}""")]
    [InlineData("""{"lives":1.5,"members":[]}""")]
    [InlineData("""{"lives":2147483647,"members":[]}""")]
    [InlineData("""{"lives":1,"lives":1,"members":[]}""")]
    [InlineData("""{"lives":1,"members":[],"later":true}""")]
    public void A_state_that_makes_no_sense_is_named_and_left_as_it_is(string text)
    {
        using var folder = new ScratchFolder();
        Open(folder, 1).Dispose();
        File.WriteAllText(folder.At("node/state.json"), text);
        var refused = Assert.Throws<NodeException>(() => Open(folder, 2));
        Assert.StartsWith($"{folder.At("node/state.json")} makes no sense", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(folder.At("node/state.json")));
    }

    [Fact]
    public void A_state_cut_off_anywhere_makes_no_sense()
    {
        var whole = new NodeState(7, [new Endpoint(0x0A000001, 7071), new Endpoint(0x0A000002, 7071)]).Write();
        Assert.True(NodeState.TryRead(whole, out var state));
        Assert.Equal((7u, 2), (state.Lives, state.Members.Count));
        for (var kept = 0; kept < whole.Length - 2; kept++) // the last two are a brace and a line feed
            Assert.False(NodeState.TryRead(whole.AsMemory(0, kept), out _));
    }

    [Fact]
    public void As_many_places_are_kept_as_may_be_and_not_one_more()
    {
        Endpoint[] places = [.. Enumerable.Range(1, NodeState.MembersMax + 1).Select(i => new Endpoint((uint)i, 1))];
        Assert.True(NodeState.TryRead(new NodeState(1, places).Write(), out var state));
        Assert.Equal(places[..^1], state.Members);
        var list = string.Join(',', places.Select(place => $"\"{place}\""));
        Assert.False(NodeState.TryRead(System.Text.Encoding.UTF8.GetBytes($$"""{"lives":1,"members":[{{list}}]}"""), out _));
    }

    [Fact]
    public void The_last_life_is_the_last()
    {
        using var folder = new ScratchFolder();
        using var directory = Open(folder, 1);
        directory.Save(new NodeState(NodeState.LivesMax - 1, []));
        directory.BeginLife();
        Assert.True(directory.State.Incarnation < 1UL << 63);
        Assert.Contains("times", Assert.Throws<NodeException>(() => directory.BeginLife()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_lost_its_id_is_a_new_node_and_says_so()
    {
        using var folder = new ScratchFolder();
        using (var directory = Open(folder, 1))
            directory.BeginLife();
        File.Delete(folder.At("node/id"));
        using var again = Open(folder, 2);
        Assert.Equal((new NodeId(2), 1u), (again.Id, again.State.Lives));
        Assert.Contains("new node", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_its_place_is_wrong_use()
    {
        using var folder = new ScratchFolder();
        folder.Put("node", "a file"u8);
        Assert.True(Assert.Throws<NodeException>(() => Open(folder, 1)).IsWrongUse);
    }

    [Theory]
    [InlineData(true, "/state", "/users/me", "/var/lib/roj")]
    [InlineData(false, "/state", "/users/me", "/state/roj")]
    [InlineData(false, "state", "/users/me", "/users/me/.local/state/roj")] // relative: ignored
    [InlineData(false, null, "/users/me", "/users/me/.local/state/roj")]
    [InlineData(false, null, null, null)]
    public void Where_it_is_unless_told_otherwise(bool isRoot, string? state, string? home, string? path) =>
        Assert.Equal(path, DataDirectory.DefaultPath(name => name == "HOME" ? home : name == "XDG_STATE_HOME" ? state : null, isRoot));

    private DataDirectory Open(ScratchFolder folder, ulong id) =>
        DataDirectory.Open(folder.At("node"), () => new NodeId(id), warnings.Add);
}
