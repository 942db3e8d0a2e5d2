using Roj.Host.Security;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>Who holds the key is heard, once; nobody else is.</summary>
public sealed class SealTests : IDisposable
{
    private static readonly ClusterKey Key = ClusterKey.Create();
    private static readonly Endpoint HomeOfA = new(0x0A000001, 7071);
    private static readonly Endpoint HomeOfB = new(0x0A000002, 7071);

    private readonly Seal a = Create(0xA, Key);
    private readonly Seal b = Create(0xB, Key);
    private readonly byte[] output = new byte[2048];
    private Instant now;

    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
    }

    [Fact]
    public void Who_is_met_first_is_introduced_and_then_heard()
    {
        var first = Say(a, HomeOfB, "hello");
        Assert.Equal((SealVerdict.Stranger, ""), Open(b, HomeOfA, first));
        var introduction = Introduce(b, first);
        Assert.True(introduction.Length <= first.Length);
        Assert.Equal((SealVerdict.Fresh, ""), Open(a, HomeOfB, introduction));
        Assert.Equal((SealVerdict.Fresh, "hello again"), Open(b, HomeOfA, Say(a, HomeOfB, "hello again")));
        Assert.Equal((SealVerdict.Fresh, "yes"), Open(a, HomeOfB, Say(b, HomeOfA, "yes")));
    }

    [Fact]
    public void What_was_said_is_taken_once()
    {
        Meet();
        var said = Say(a, HomeOfB, "once");
        Assert.Equal((SealVerdict.Fresh, "once"), Open(b, HomeOfA, said));
        Assert.Equal((SealVerdict.Replayed, ""), Open(b, HomeOfA, said));
        Assert.Equal((SealVerdict.Replayed, ""), Open(b, new Endpoint(0x0A000009, 7071), said));
    }

    [Fact]
    public void A_recording_is_void_after_a_restart_of_who_hears_it_or_says_it()
    {
        Meet();
        var said = Say(a, HomeOfB, "old");
        using var bAgain = Create(0xB, Key);
        Assert.Equal((SealVerdict.Stranger, ""), Open(bAgain, HomeOfA, said));
        using var aAgain = Create(0xA, Key);
        Assert.Equal((SealVerdict.Stranger, ""), Open(b, HomeOfA, Say(aAgain, HomeOfB, "new life")));
        Assert.Equal((SealVerdict.Fresh, "old"), Open(b, HomeOfA, said)); // it was not heard before: it is only late
    }

    [Fact]
    public void A_recording_of_an_introduction_leads_nobody_astray()
    {
        Meet();
        var old = Say(a, HomeOfB, "x");
        Open(b, HomeOfA, old);
        Assert.Equal((SealVerdict.Replayed, ""), Open(b, new Endpoint(0x0A0000FF, 1), old));
        Assert.Equal((SealVerdict.Fresh, "for a"), Open(a, HomeOfB, Say(b, HomeOfA, "for a")));
    }

    [Fact]
    public void A_changed_byte_anywhere_makes_it_foreign_or_its_sender_unknown()
    {
        Meet();
        var said = Say(a, HomeOfB, "something");
        for (var i = 0; i < said.Length; i++)
        {
            var changed = (byte[])said.Clone();
            changed[i] ^= 1;
            var (verdict, heard) = Open(b, HomeOfA, changed);
            Assert.True(verdict is SealVerdict.Foreign or SealVerdict.Replayed && heard.Length == 0); // replayed: by a changed counter
        }

        for (var length = 0; length < said.Length; length++)
            Assert.Equal((SealVerdict.Foreign, ""), Open(b, HomeOfA, said[..length]));
        Assert.Equal((SealVerdict.Fresh, "something"), Open(b, HomeOfA, said));
    }

    [Fact]
    public void Another_key_is_foreign_and_one_of_several_is_not()
    {
        var other = ClusterKey.Create();
        using var stranger = Create(0xC, other);
        Assert.Equal((SealVerdict.Foreign, ""), Open(b, HomeOfA, Say(stranger, HomeOfB, "let me in")));
        using var rotating = Create(0xD, other, Key);
        Assert.Equal((SealVerdict.Stranger, ""), Open(rotating, HomeOfA, Say(a, HomeOfB, "old key")));
        Assert.Equal((SealVerdict.Stranger, ""), Open(rotating, HomeOfA, Say(stranger, HomeOfB, "new key")));
    }

    [Fact]
    public void Our_own_voice_is_not_heard() => Assert.Equal((SealVerdict.Replayed, ""), Open(a, HomeOfA, Say(a, HomeOfB, "echo")));

    [Fact]
    public void Strangers_are_opened_so_many_a_second_of_one_address_and_in_all()
    {
        var verdicts = Enumerable.Range(0, Seal.StrangersPerSourceMax + 1).Select(_ => Knock(HomeOfA)).ToArray();
        Assert.Equal(Seal.StrangersPerSourceMax, verdicts.Count(verdict => verdict == SealVerdict.Stranger));
        Assert.Equal(SealVerdict.TooMany, verdicts[^1]);
        for (var source = 1u; source <= (Seal.StrangersMax / Seal.StrangersPerSourceMax) - 1; source++)
        {
            for (var i = 0; i < Seal.StrangersPerSourceMax; i++)
                Assert.Equal(SealVerdict.Stranger, Knock(new Endpoint(0x0B000000 + source, 1)));
        }

        Assert.Equal(SealVerdict.TooMany, Knock(new Endpoint(0x0C000000, 1)));
    }

    [Fact]
    public void When_too_many_were_met_all_are_met_anew()
    {
        Meet();
        var unheard = Say(a, HomeOfB, "late");
        for (var i = 1; i < Seal.SessionsMax; i++)
            MeetAnother(i);
        Assert.Equal((SealVerdict.Fresh, "still here"), Open(b, HomeOfA, Say(a, HomeOfB, "still here")));
        MeetAnother(Seal.SessionsMax);
        Assert.Equal((SealVerdict.Stranger, ""), Open(b, HomeOfA, unheard));
        Meet();
        Assert.Equal((SealVerdict.Fresh, "back"), Open(b, HomeOfA, Say(a, HomeOfB, "back")));
    }

    private static Seal Create(UInt128 node, params ClusterKey[] keys) => new(new ClusterKeys(Keyring.Of(keys)), node);

    private void MeetAnother(int number)
    {
        using var other = Create(0x1000 + (UInt128)(uint)number, Key);
        var home = new Endpoint(0x0A010000 + (uint)number, 7071);
        now += TimeSpan.FromSeconds(1);
        var said = Say(other, HomeOfB, "hi");
        b.Open(now, home, said, output, out _);
        Assert.Equal((SealVerdict.Fresh, ""), Open(other, HomeOfB, Introduce(b, said)));
        Assert.Equal(SealVerdict.Fresh, b.Open(now, home, Say(other, HomeOfB, "hi"), output, out _));
    }

    private SealVerdict Knock(Endpoint from)
    {
        using var other = Create(0xC, Key);
        return Open(b, from, Say(other, HomeOfB, "hi")).Item1;
    }

    private void Meet()
    {
        var first = Say(a, HomeOfB, "");
        Open(b, HomeOfA, first);
        Open(a, HomeOfB, Introduce(b, first));
        Assert.Equal((SealVerdict.Fresh, ""), Open(b, HomeOfA, Say(a, HomeOfB, "")));
    }

    private static byte[] Say(Seal seal, Endpoint to, string what)
    {
        var datagram = new byte[what.Length + Seal.Overhead];
        Assert.Equal(datagram.Length, seal.Write(to, System.Text.Encoding.ASCII.GetBytes(what), datagram));
        return datagram;
    }

    private static byte[] Introduce(Seal seal, byte[] stranger)
    {
        var answer = new byte[Seal.Overhead];
        Assert.Equal(answer.Length, seal.Introduce(stranger, answer));
        return answer;
    }

    private (SealVerdict Verdict, string Said) Open(Seal seal, Endpoint from, byte[] datagram)
    {
        var verdict = seal.Open(now, from, datagram, output, out var said);
        return (verdict, System.Text.Encoding.ASCII.GetString(said));
    }
}
