using Roj.Host.Security;
using Roj.Tests.Host.Net;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>Certificates that holders of a key mint for themselves and believe of each other.</summary>
public sealed class CertificatesTests
{
    // The key of the bytes 0 to 31; and a leaf that OpenSSL signed with the scalar that a few lines of another language made of it.
    private const string Known = "roj1-aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypwgdonfe";
    private const string MintedOnce =
        "MIIBBDCBrAIBATAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANyb2owHhcNMjYxMTIxMTU1NzEzWhcNMjYxMTIyMTU1NzEzWjAQMQ4wDAYDVQQDDA"
        + "Vrbm93bjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAPYiwpTAHDGNeks9azLm0oMLnsq0fEdUI5Muy/YrPPPLr0Bk08LwIzJW8j862862kEn"
        + "ZIj/yosViw9okUoKNmQwCgYIKoZIzj0EAwIDRwAwRAIgQKPFWZD5T6PPUpCBMjGfyhATYWENiR7k7VzR3q8osDACIGJNx738WyWh+vLgCBll/8"
        + "WAjVBUS+BVXkZFlds3LjIX";

    private static readonly ClusterKey Ours = ClusterKey.Create();
    private static readonly ClusterKey Older = ClusterKey.Create();

    [Fact]
    public void Two_processes_with_one_key_believe_each_other_and_say_by_which_key()
    {
        var (one, other) = (Certificates.Of(Rings.Of(Ours, Older)), Certificates.Of(Rings.Of(Older)));
        Assert.Equal(Older.Id, one.Verify(other.Leaf(null).TargetCertificate.RawData));
        Assert.Equal(Older.Id, other.Verify(one.Leaf(Older.Id).TargetCertificate.RawData));
        Assert.Null(other.Verify(one.Leaf(Ours.Id).TargetCertificate.RawData));
    }

    [Fact]
    public void Authority_of_a_known_key_is_the_same_in_every_version()
    {
        Assert.True(ClusterKey.TryParse(Known, out var key, out _));
        // Whatever a version derives must believe what another minted.
        Assert.Equal(key.Id, Certificates.Of(Rings.Of(key)).Verify(Convert.FromBase64String(MintedOnce)));
    }

    [Fact]
    public void A_leaf_is_minted_once_and_forgotten_with_its_key()
    {
        var keys = Rings.Of(Ours);
        var certificates = Certificates.Of(keys);
        Assert.Same(certificates, Certificates.Of(keys));
        var leaf = certificates.Leaf(null);
        Assert.Same(leaf, certificates.Leaf(Ours.Id));
        Assert.Same(leaf, certificates.Leaf(Older.Id)); // not in the ring: the first
        Assert.True(keys.Take(keys.Current.Rotate(Older), _ => { }));
        Assert.Same(leaf, certificates.Leaf(Ours.Id)); // still in it
        Assert.NotSame(leaf, certificates.Leaf(null));
        Assert.True(keys.Take(keys.Current.Retire(), _ => { }));
        Assert.Null(certificates.Verify(leaf.TargetCertificate.RawData));
        Assert.NotSame(leaf, certificates.Leaf(Ours.Id));
    }

    [Fact]
    public void A_leaf_tells_a_stranger_nothing_of_the_node_and_is_small()
    {
        using var leaf = Rings.Leaf(Ours);
        Assert.Equal(("CN=roj node", "CN=roj"), (leaf.Subject, leaf.Issuer));
        Assert.Empty(leaf.Extensions);
        Assert.InRange(leaf.RawData.Length, 200, LeafSignature.LengthMax / 2);
    }

    [Fact]
    public void Every_bit_that_was_signed_and_every_bit_of_the_signature_counts()
    {
        using var leaf = Rings.Leaf(Ours);
        var certificates = Certificates.Of(Rings.Of(Ours));
        var bytes = leaf.RawData;
        Assert.Equal(Ours.Id, certificates.Verify(bytes));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(certificates.Verify(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_leaf_that_is_cut_or_goes_on_or_is_too_long_is_none()
    {
        using var leaf = Rings.Leaf(Ours);
        var bytes = leaf.RawData;
        Assert.True(LeafSignature.TryRead(bytes, out _));
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(LeafSignature.TryRead(bytes.AsMemory(0, length), out _));
        Assert.False(LeafSignature.TryRead((byte[])[.. bytes, 0], out _));
        Assert.False(LeafSignature.TryRead(new byte[LeafSignature.LengthMax + 1], out _));
    }

}
