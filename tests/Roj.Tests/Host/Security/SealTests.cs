using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;
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
        var verdicts = Enumerable.Range(0, SessionBook.StrangersPerSourceMax + 1).Select(_ => Knock(HomeOfA)).ToArray();
        Assert.Equal(SessionBook.StrangersPerSourceMax, verdicts.Count(verdict => verdict == SealVerdict.Stranger));
        Assert.Equal(SealVerdict.TooMany, verdicts[^1]);
        for (var source = 1u; source <= (SessionBook.StrangersMax / SessionBook.StrangersPerSourceMax) - 1; source++)
        {
            for (var i = 0; i < SessionBook.StrangersPerSourceMax; i++)
                Assert.Equal(SealVerdict.Stranger, Knock(new Endpoint(0x0B000000 + source, 1)));
        }

        Assert.Equal(SealVerdict.TooMany, Knock(new Endpoint(0x0C000000, 1)));
    }

    [Fact]
    public void When_too_many_were_met_all_are_met_anew()
    {
        Meet();
        var unheard = Say(a, HomeOfB, "late");
        for (var i = 1; i < SessionBook.SessionsMax; i++)
            MeetAnother(i);
        Assert.Equal((SealVerdict.Fresh, "still here"), Open(b, HomeOfA, Say(a, HomeOfB, "still here")));
        MeetAnother(SessionBook.SessionsMax);
        Assert.Equal((SealVerdict.Stranger, ""), Open(b, HomeOfA, unheard));
        Meet();
        Assert.Equal((SealVerdict.Fresh, "back"), Open(b, HomeOfA, Say(a, HomeOfB, "back")));
    }

    [Fact]
    public void Who_was_met_may_speak_to_all_and_who_was_not_is_introduced()
    {
        var everywhere = new Endpoint(0x0A0000FF, 7071);
        Assert.Equal((SealVerdict.Stranger, ""), Open(b, HomeOfA, Say(a, everywhere, "who is here?")));
        Meet();
        var toAll = Say(a, everywhere, "who is here?");
        Assert.Equal((SealVerdict.Fresh, "who is here?"), Open(b, HomeOfA, toAll));
        Assert.Equal((SealVerdict.Replayed, ""), Open(b, HomeOfA, toAll));
        using var bAgain = Create(0xB, Key);
        Assert.Equal((SealVerdict.Stranger, ""), Open(bAgain, HomeOfA, toAll)); // its window vanished with its process
    }

    [Fact]
    public void While_keys_are_rotated_both_ends_hear_each_other_whoever_is_first()
    {
        var keys = (A: new ClusterKeys(Keyring.Of([Key])), B: new ClusterKeys(Keyring.Of([Key])));
        using var one = new Seal(keys.A, 0xA);
        using var other = new Seal(keys.B, 0xB);
        Meet(one, other);
        var next = keys.A.Current.Rotate(ClusterKey.Create());
        keys.A.Take(next, _ => { });
        // Who has rotated speaks the new key, and the old one too while the other was heard in that.
        Assert.Equal((SealVerdict.Foreign, ""), Open(other, HomeOfA, Say(one, HomeOfB, "new")));
        Assert.Equal((SealVerdict.Fresh, "old"), Open(one, HomeOfB, Say(other, HomeOfA, "old")));
        Assert.Equal(Key.Id, one.OldKeyOf(HomeOfB)?.Id);
        Assert.Equal((SealVerdict.Foreign, ""), Open(other, HomeOfA, Say(one, HomeOfB, "as you like")));
        Assert.Equal((SealVerdict.Fresh, "as you like"), Open(other, HomeOfA, SayAgain(one, HomeOfB, "as you like")));

        var late = Say(other, HomeOfA, "on its way");
        keys.B.Take(next, _ => { });
        Assert.Equal((SealVerdict.Fresh, "me too"), Open(one, HomeOfB, Say(other, HomeOfA, "me too")));
        Assert.Null(one.OldKeyOf(HomeOfB));
        Assert.Equal((SealVerdict.Fresh, "on its way"), Open(one, HomeOfB, late)); // it does not count as a step back
        Assert.Null(one.OldKeyOf(HomeOfB));
        Assert.Equal((SealVerdict.Fresh, "new"), Open(other, HomeOfA, Say(one, HomeOfB, "new")));

        keys.A.Take(next.Retire(), _ => { });
        Assert.Equal((SealVerdict.Fresh, "still"), Open(one, HomeOfB, Say(other, HomeOfA, "still")));
        using var behind = Create(0xC, Key);
        Assert.Equal((SealVerdict.Foreign, ""), Open(one, new Endpoint(0x0A000003, 7071), Say(behind, HomeOfA, "retired")));
    }

    [Fact]
    public void Who_was_not_heard_since_the_ring_changed_is_told_in_the_old_key_as_well()
    {
        var keys = (A: new ClusterKeys(Keyring.Of([Key])), B: new ClusterKeys(Keyring.Of([Key])));
        using var one = new Seal(keys.A, 0xA);
        using var other = new Seal(keys.B, 0xB);
        Meet(one, other);
        Assert.Empty(SayAgain(one, HomeOfB, "once is enough"));
        var next = keys.A.Current.Rotate(ClusterKey.Create());
        keys.A.Take(next, _ => { });
        // It can't be known whether the other was told: a probe that it does not hear would have it suspected.
        Assert.Equal((SealVerdict.Foreign, ""), Open(other, HomeOfA, Say(one, HomeOfB, "are you there?")));
        Assert.Equal((SealVerdict.Fresh, "are you there?"), Open(other, HomeOfA, SayAgain(one, HomeOfB, "are you there?")));
        keys.A.Take(next = next.Rotate(ClusterKey.Create()), _ => { });
        Assert.Equal((SealVerdict.Fresh, "and now?"), Open(other, HomeOfA, SayAgain(one, HomeOfB, "and now?"))); // two behind

        keys.B.Take(next, _ => { });
        var again = SayAgain(one, HomeOfB, "both");
        Assert.Equal((SealVerdict.Fresh, "both"), Open(other, HomeOfA, Say(one, HomeOfB, "both")));
        Assert.Equal((SealVerdict.Fresh, "both"), Open(other, HomeOfA, again));
        Assert.Null(other.OldKeyOf(HomeOfA)); // it was heard in the first before
        Assert.Equal((SealVerdict.Fresh, "yes"), Open(one, HomeOfB, Say(other, HomeOfA, "yes")));
        Assert.Empty(SayAgain(one, HomeOfB, "heard in the new key"));
        Assert.Empty(SayAgain(other, HomeOfA, "heard in the new key"));

        keys.A.Take(next = next.Rotate(ClusterKey.Create()), _ => { });
        one.CaughtUp(HomeOfB);
        Assert.Empty(SayAgain(one, HomeOfB, "told"));
        keys.A.Take(next.Rotate(ClusterKey.Create()).Retire(), _ => { });
        Assert.Empty(SayAgain(one, HomeOfB, "there is one key only"));
    }

    [Fact]
    public void Who_was_told_the_new_key_is_spoken_to_in_it()
    {
        var next = ClusterKey.Create();
        using var one = Create(0xA, next, Key);
        using var other = Create(0xB, Key);
        var first = Say(other, HomeOfA, "");
        Open(one, HomeOfB, first);
        Assert.Equal((SealVerdict.Fresh, ""), Open(other, HomeOfA, Introduce(one, first))); // in its own key: else it would not hear
        Assert.Equal((SealVerdict.Fresh, ""), Open(one, HomeOfB, Say(other, HomeOfA, "")));
        Assert.Equal(Key.Id, one.OldKeyOf(HomeOfB)?.Id);
        one.CaughtUp(HomeOfB);
        Assert.Null(one.OldKeyOf(HomeOfB));
        Assert.Equal((SealVerdict.Foreign, ""), Open(other, HomeOfA, Say(one, HomeOfB, "in the first")));
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

    private void Meet() => Meet(a, b);

    private void Meet(Seal one, Seal other)
    {
        var first = Say(one, HomeOfB, "");
        Open(other, HomeOfA, first);
        Open(one, HomeOfB, Introduce(other, first));
        Assert.Equal((SealVerdict.Fresh, ""), Open(other, HomeOfA, Say(one, HomeOfB, "")));
    }

    private static byte[] Say(Seal seal, Endpoint to, string what)
    {
        var datagram = new byte[what.Length + Seal.Overhead];
        Assert.Equal(datagram.Length, seal.Write(to, System.Text.Encoding.ASCII.GetBytes(what), datagram));
        return datagram;
    }

    private static byte[] SayAgain(Seal seal, Endpoint to, string what)
    {
        var datagram = new byte[what.Length + Seal.Overhead];
        var length = seal.WriteAgain(to, System.Text.Encoding.ASCII.GetBytes(what), datagram);
        Assert.True(length == 0 || length == datagram.Length);
        return datagram[..length];
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
