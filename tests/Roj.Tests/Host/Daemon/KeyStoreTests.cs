using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>Which keys a node has: given, kept, rotated, replaced.</summary>
public sealed class KeyStoreTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<string> warnings = [];
    private readonly DataDirectory directory;
    private readonly ClusterKey[] keys = [.. Enumerable.Range(0, 3).Select(_ => ClusterKey.Create())];

    public KeyStoreTests() => directory = DataDirectory.Open(folder.At("data"), () => new NodeId(1), warnings.Add);

    public void Dispose()
    {
        directory.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Without_a_key_a_node_is_open() => Assert.Null(Load(new NodeOptions()));

    [Fact]
    public void The_variable_goes_before_the_file_and_that_before_the_data_directorys()
    {
        KeyFile.Create(directory.At("key"), keys[0]);
        KeyFile.Create(folder.At("key"), keys[1]);
        Assert.Equal(keys[0].Id, Load(new NodeOptions())!.First.Id);
        Assert.Equal(keys[1].Id, Load(new NodeOptions { KeyPath = folder.At("key") })!.First.Id);
        Assert.Equal(keys[2].Id, Load(new NodeOptions { KeyPath = folder.At("key"), Key = keys[2] })!.First.Id);
        Assert.Equal(keys[0].Id, Load(new NodeOptions())!.First.Id); // nothing was kept of it
    }

    [Fact]
    public void What_a_rotation_made_of_the_key_is_what_counts()
    {
        var rotated = Keyring.Of([keys[0]]).Rotate(keys[1]);
        KeyStore.Keep(rotated, directory);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.At("keyring")));
        Assert.Equal(keys[1].Id, Load(new NodeOptions { Key = keys[0] })!.First.Id);
        Assert.Equal(keys[1].Id, Load(new NodeOptions { Key = keys[1] })!.First.Id);
        Assert.Equal(1ul, Load(new NodeOptions())!.Version); // who forgets to give the key is not open because of that
        Assert.Empty(warnings);

        KeyStore.Keep(rotated.Retire(), directory);
        Assert.Equal(keys[1].Id, Load(new NodeOptions { Key = keys[0] })!.First.Id);
        Assert.StartsWith(
            $"{keys[0]} was replaced by a rotation; the cluster uses {keys[1]} now", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_the_ring_never_knew_begins_a_new_one()
    {
        KeyStore.Keep(Keyring.Of([keys[0]]).Rotate(keys[1]), directory);
        var ring = Load(new NodeOptions { Key = keys[2] })!;
        Assert.Equal((0ul, keys[2].Id), (ring.Version, Assert.Single(ring.Keys).Id));
    }

    [Fact]
    public void A_node_that_had_a_key_never_begins_without()
    {
        File.WriteAllText(directory.At("keyring"), "roj keyring 1\n");
        var refused = Assert.Throws<NodeException>(() => Load(new NodeOptions()));
        Assert.StartsWith($"{directory.At("keyring")} makes no sense to this version of Roj", refused.Message, StringComparison.Ordinal);
        File.Delete(directory.At("keyring"));
        File.WriteAllText(directory.At("key"), "");
        Assert.Throws<NodeException>(() => Load(new NodeOptions()));
        Assert.Throws<NodeException>(() => Load(new NodeOptions { KeyPath = folder.At("none") }));
    }

    private Keyring? Load(NodeOptions options) => KeyStore.Load(options, directory, warnings.Add)?.Current;
}
