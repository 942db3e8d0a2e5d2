using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class PeerIdTests
{
    [Fact]
    public void A_fresh_id_is_ours_and_its_own()
    {
        var rng = new Rng(1);
        var (one, other) = (PeerId.Create(rng), PeerId.Create(rng));

        Assert.Matches("^-RJ0001-[A-Za-z0-9]{12}$", one.ToString());
        Assert.True(one.IsRoj);
        Assert.NotEqual(one, other);
        Assert.Equal(one, PeerId.Create(new Rng(1)));
    }

    [Fact]
    public void Reads_what_it_writes()
    {
        var id = PeerId.Create(new Rng(2));
        var bytes = new byte[PeerId.Length];
        id.Write(bytes);

        Assert.Equal("-RJ0001-"u8, bytes.AsSpan(0, 8));
        Assert.Equal(id, PeerId.Read(bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerId.Read(bytes.AsSpan(1)));
    }

    [Theory]
    [InlineData("-RJ9999-abcdefghijkl", true)]
    [InlineData("-TR3000-abcdefghijkl", false)]
    [InlineData("RJ-0001-abcdefghijkl", false)]
    public void Tells_the_program(string text, bool roj) => Assert.Equal(roj, PeerId.Read(Hex.Latin(text)).IsRoj);

    [Fact]
    public void Has_the_order_of_its_bytes()
    {
        PeerId[] ids = [.. new[] { "aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaabaaaa", "\u00FFaaaaaaaaaaaaaaaaaaa" }
            .Select(text => PeerId.Read(Hex.Latin(text)))];
        Assert.Equal(ids, ids.OrderDescending().Order());
    }

    [Fact]
    public void Shows_only_what_can_be_seen() =>
        Assert.Equal(@"-XX\x00\x1b\x5c\x20\xff~aaaaaaaaaaa", PeerId.Read(Hex.Latin("-XX\0\u001B\\ \u00FF~aaaaaaaaaaa")).ToString());
}
