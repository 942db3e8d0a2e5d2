using System.Text;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>What nodes sign that they say to each other by HTTP.</summary>
public sealed class NodeSignatureTests
{
    private static readonly byte[] body = Encoding.UTF8.GetBytes("{\"type\":\"ELECTION\"}");

    private readonly ClusterKey key = ClusterKey.Create();
    private readonly ClusterKey other = ClusterKey.Create();

    private string Signed => NodeSignature.Of(key, "POST", "/message", body);

    [Fact]
    public void Each_key_of_the_ring_signs_and_no_other()
    {
        Assert.True(IsRight(Keyring.Of([key]), Signed));
        Assert.True(IsRight(Keyring.Of([key]).Rotate(other), Signed)); // an old one, for as long as it opens
        Assert.False(IsRight(Keyring.Of([key]).Rotate(other).Retire(), Signed));
        Assert.False(IsRight(Keyring.Of([other]), Signed));
        var borrowed = $"Roj {key.Id:x8}:{NodeSignature.Of(other, "POST", "/message", body)[13..]}"; // the right name over another's work
        Assert.False(IsRight(Keyring.Of([key, other]), borrowed));
    }

    [Fact]
    public void Nothing_of_what_was_signed_may_change()
    {
        var ring = Keyring.Of([key]);
        Assert.False(NodeSignature.IsRight(ring, Signed, "PUT", "/message", body));
        Assert.False(NodeSignature.IsRight(ring, Signed, "POST", "/message?", body));
        Assert.False(NodeSignature.IsRight(ring, Signed, "POST", "/message", body.AsSpan(1)));
        Assert.False(NodeSignature.IsRight(ring, Signed, "POST", "/message", [.. body, (byte)' ']));
        for (var i = 0; i < body.Length; i++)
        {
            var changed = body.ToArray();
            changed[i] ^= 1;
            Assert.False(NodeSignature.IsRight(ring, Signed, "POST", "/message", changed));
        }
    }

    [Fact]
    public void Every_digit_counts()
    {
        var ring = Keyring.Of([key]);
        for (var i = 0; i < Signed.Length; i++)
        {
            var changed = new StringBuilder(Signed) { [i] = Signed[i] == '0' ? '1' : '0' }.ToString();
            Assert.False(IsRight(ring, changed));
            Assert.False(IsRight(ring, Signed[..i]));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Roj")]
    [InlineData("Roj ")]
    [InlineData("Roj :")]
    [InlineData("Roj 00000000:")]
    [InlineData("Bearer roj1abc")]
    [InlineData("Roj zzzzzzzz:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("Roj 00000000:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("Roj 00000000:0000000000000000000000000000000000000000000000000000000000000000:0")]
    public void Junk_is_refused(string? header) => Assert.False(IsRight(Keyring.Of([key]), header));

    [Fact]
    public void Other_ways_to_write_it_are_refused()
    {
        var ring = Keyring.Of([key]);
        var mac = Signed[13..];
        Assert.False(IsRight(ring, "roj " + Signed[4..]));
        Assert.False(IsRight(ring, Signed + " "));
        Assert.False(IsRight(ring, $"Roj {key.Id:x8}:zz{mac[2..]}"));
        Assert.False(IsRight(ring, $"Roj {key.Id:x8}:{mac}{mac}"));
    }

    [Fact]
    public void It_tells_nothing_of_the_key() =>
        Assert.DoesNotContain(key.Reveal()[6..], Signed, StringComparison.OrdinalIgnoreCase);

    private static bool IsRight(Keyring ring, string? header) => NodeSignature.IsRight(ring, header, "POST", "/message", body);
}
