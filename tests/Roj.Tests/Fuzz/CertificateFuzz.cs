using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Tests.Host.Net;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What of a stranger's handshake our own code reads before it knows the stranger: its certificate, and the name it asks for.
/// </summary>
public sealed class CertificateFuzz
{
    [Fact]
    public void Certificates_of_strangers()
    {
        var key = ClusterKey.Create();
        using var leaf = Rings.Leaf(key);
        using var foreign = Rings.Leaf(ClusterKey.Create());
        var genuine = leaf.RawData;
        Assert.True(LeafSignature.TryRead(genuine, out var right));
        var certificates = Certificates.Of(Rings.Of(key));
        Fuzzing.Run(
            [genuine, foreign.RawData],
            input =>
            {
                LeafSignature parts = default;
                if (!Fuzzing.Bounded(input, bytes => LeafSignature.TryRead(bytes, out parts)))
                    return false;
                Assert.InRange(input.Length, parts.Signed.Length + parts.Signature.Length, LeafSignature.LengthMax);
                // Nobody is believed but for the very bytes that were signed.
                Assert.Equal(
                    parts.Signed.Span.SequenceEqual(right.Signed.Span) && parts.Signature.Span.SequenceEqual(right.Signature.Span),
                    certificates.Verify(input) is not null);
                return true;
            });
    }

    [Fact]
    public void Names_that_are_asked_for() => Fuzzing.Run(
        ["5f3c0a11.roj"u8.ToArray(), "00000000.roj"u8.ToArray()],
        input =>
        {
            var name = System.Text.Encoding.Latin1.GetString(input);
            if (Tls.KeyNamed(name) is not { } id)
                return false;
            Assert.Equal(name, $"{id:x8}.roj");
            return true;
        });
}
