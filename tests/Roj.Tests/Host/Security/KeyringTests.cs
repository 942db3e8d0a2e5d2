using System.Text;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>Several keys at once, and how one ring follows another.</summary>
public sealed class KeyringTests
{
    private readonly ClusterKey[] keys = [.. Enumerable.Range(0, 5).Select(_ => ClusterKey.Create())];

    [Fact]
    public void A_new_key_seals_and_the_old_ones_open_as_far_as_there_is_room()
    {
        var ring = Keyring.Of([keys[0]]);
        for (var i = 1; i < keys.Length; i++)
            ring = ring.Rotate(keys[i]);
        Assert.Equal(4ul, ring.Version);
        Assert.Equal([keys[4], keys[3], keys[2]], ring.Keys);
        Assert.Equal([keys[0].Id, keys[1].Id], ring.Retired);
        Assert.Same(keys[3], ring.Find(keys[3].Id));
        Assert.Null(ring.Find(keys[0].Id));
        Assert.True(ring.HasKnown(keys[0].Id));
        Assert.False(ring.HasKnown(keys[0].Id ^ 1));
    }

    [Fact]
    public void Retiring_leaves_the_first()
    {
        var ring = Keyring.Of([keys[0]]).Rotate(keys[1]).Retire();
        Assert.Equal([keys[1]], ring.Keys);
        Assert.Equal([keys[0].Id], ring.Retired);
        Assert.Equal([keys[0], keys[1]], ring.Rotate(keys[0]).Keys); // back again: it is not retired any more
        Assert.Empty(ring.Rotate(keys[0]).Retired);
    }

    [Fact]
    public void Of_two_everybody_takes_the_same()
    {
        var ring = Keyring.Of([keys[0]]);
        var (one, other) = (ring.Rotate(keys[1]), ring.Rotate(keys[2]));
        Assert.True(one.IsNewerThan(ring));
        Assert.False(ring.IsNewerThan(one));
        Assert.False(one.IsNewerThan(one));
        Assert.NotEqual(one.IsNewerThan(other), other.IsNewerThan(one));
    }

    [Fact]
    public void The_retired_are_remembered_up_to_a_limit()
    {
        var ring = Keyring.Of([keys[0]]);
        for (var i = 0; i < Keyring.RetiredMax + 5; i++)
            ring = ring.Rotate(ClusterKey.Create()).Retire();
        Assert.Equal(Keyring.RetiredMax, ring.Retired.Count);
        Assert.DoesNotContain(keys[0].Id, ring.Retired);
        Assert.InRange(ring.Rotate(keys[1]).Rotate(keys[2]).Write().Length, 1, Keyring.BytesMax);
    }

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var ring = Keyring.Of([keys[0], keys[1]]).Rotate(keys[2]).Rotate(keys[3]);
        Assert.True(Keyring.TryRead(ring.Write(), out var read));
        Assert.Equal(ring.Write(), read.Write());
        Assert.Equal((ring.Version, ring.First.Id), (read.Version, read.First.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("roj keyring 0\n")]
    [InlineData("roj keyring x\nKEY\n")]
    [InlineData("roj keyring 00\nKEY\n")]
    [InlineData("roj keyring 0\nKEY")]
    [InlineData("roj keyring 0\nKEY\nKEY\n")]
    [InlineData("roj keyring 0\n KEY\n")]
    [InlineData("roj keyring 0\nretired 00000001\nKEY\n")]
    [InlineData("roj keyring 0\nKEY\nretired 1\n")]
    [InlineData("roj keyring 0\nKEY\n\n")]
    [InlineData("roj keyring 18446744073709551616\nKEY\n")]
    public void Anything_else_is_none(string text) =>
        Assert.False(Keyring.TryRead(Encoding.ASCII.GetBytes(text.Replace("KEY", keys[0].Reveal(), StringComparison.Ordinal)), out _));

    [Fact]
    public void It_names_its_keys_and_does_not_tell_them()
    {
        var ring = Keyring.Of([keys[0], keys[1]]);
        Assert.Equal($"key {keys[0].Id:x8}, key {keys[1].Id:x8}", ring.ToString());
    }

    [Fact]
    public void It_has_one_to_three_keys_each_once()
    {
        Assert.Throws<ArgumentException>(() => Keyring.Of([]));
        Assert.Throws<ArgumentException>(() => Keyring.Of(keys[..4]));
        Assert.Throws<ArgumentException>(() => Keyring.Of([keys[0], keys[0]]));
        Assert.Equal(3, Keyring.Of(keys[..3]).Keys.Count);
    }

    [Fact]
    public void A_node_takes_newer_ones_alone_and_keeps_them_first()
    {
        var held = new ClusterKeys(Keyring.Of([keys[0]]));
        var next = held.Current.Rotate(keys[1]);
        List<Keyring> kept = [];
        Assert.Throws<IOException>(() => held.Take(next, _ => throw new IOException()));
        Assert.Equal(keys[0], held.Current.First);
        Assert.True(held.Take(next, kept.Add));
        Assert.False(held.Take(next, kept.Add));
        Assert.Same(next, held.Current);
        Assert.Same(next, Assert.Single(kept));
    }
}
