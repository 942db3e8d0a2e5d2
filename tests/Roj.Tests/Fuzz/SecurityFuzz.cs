using System.Text;
using System.Text.RegularExpressions;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;
using Roj.Tests.Host.Security;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What is read before anybody has shown a key, and the files that keys are kept in.</summary>
public sealed partial class SecurityFuzz
{
    private static readonly ClusterKey Key = ClusterKey.Create();
    private static readonly ClusterKey Older = ClusterKey.Create();

    /// <summary>Whatever comes: what is opened was sealed, for us, and comes once.</summary>
    [Fact]
    public void Sealed_datagrams()
    {
        var keys = new ClusterKeys(Keyring.Of([Key, Older]));
        using var self = new Seal(keys, 1);
        using var friend = new Seal(keys, 2);
        using var stranger = new Seal(keys, 3);
        using var foreign = new Seal(new ClusterKeys(Keyring.Of([ClusterKey.Create()])), 4);
        var (home, friends) = (new Endpoint(0x0A000001, 7071), new Endpoint(0x0A000002, 7071));
        byte[] Said(Seal seal, string text)
        {
            var datagram = new byte[text.Length + Seal.Overhead];
            seal.Write(home, Encoding.ASCII.GetBytes(text), datagram);
            return datagram;
        }

        var output = new byte[8192];
        var now = Instant.Zero;
        var introduction = new byte[Seal.Overhead];
        var knock = Said(friend, "");
        Assert.Equal(SealVerdict.Stranger, self.Open(now, friends, knock, output, out _));
        self.Introduce(knock, introduction);
        Assert.Equal(SealVerdict.Fresh, friend.Open(now, home, introduction, output, out _));

        SortedDictionary<string, string> unheard = new(StringComparer.Ordinal);
        foreach (var text in new[] { "one", "", new string('x', 1000) })
            unheard.Add(Convert.ToHexString(Said(friend, text)), text);
        var sealedForUs = unheard.Keys.Select(Convert.FromHexString).ToArray();
        var others = new[] { Said(foreign, "no"), introduction };
        Fuzzing.Run(
            [.. sealedForUs, Said(stranger, "who?")],
            input =>
            {
                now += TimeSpan.FromSeconds(1); // the budgets for strangers are full again
                var verdict = self.Open(now, friends, input, output, out var said);
                if (verdict == SealVerdict.Fresh)
                {
                    Assert.True(unheard.Remove(Convert.ToHexString(input), out var text), "nobody sealed this, or it came before");
                    Assert.Equal(text, Encoding.ASCII.GetString(said));
                }
                else
                {
                    Assert.True(said.IsEmpty);
                }

                return verdict != SealVerdict.Foreign;
            });
        Assert.Empty(unheard);
        Assert.All(others, other => Assert.NotEqual(SealVerdict.Fresh, self.Open(now, friends, other, output, out _)));
    }

    [Fact]
    public void Heads_of_sealed_datagrams()
    {
        var right = new byte[SealHeader.Length];
        new SealHeader(Key.Id, 7, 8, 9).Write(right);
        Fuzzing.Run(
            [right],
            input =>
            {
                SealHeader header = default;
                if (!Fuzzing.Bounded(input, bytes => SealHeader.TryRead(bytes, out header)))
                    return false;
                var again = new byte[SealHeader.Length];
                header.Write(again);
                Assert.Equal(input[..SealHeader.Length], again);
                Assert.True(header is { Session: > 0, Counter: > 0 });
                return true;
            });
    }

    /// <summary>Rings come from holders of a key, and from a disk.</summary>
    [Fact]
    public void Rings() => Fuzzing.Run(
        [
            Keyring.Of([Key]).Write(),
            Keyring.Of([Key]).Rotate(Older).Rotate(ClusterKey.Create()).Write(),
            Keyring.Of([Key]).Rotate(Older).Retire().Write(),
        ],
        input =>
        {
            Keyring? ring = null;
            if (!Fuzzing.Bounded(input, bytes => Keyring.TryRead(bytes, out ring)))
                return false;
            Assert.Equal(input, ring!.Write());
            Assert.InRange(ring.Keys.Count, 1, Keyring.KeysMax);
            Assert.InRange(ring.Retired.Count, 0, Keyring.RetiredMax);
            Assert.True(ring.Rotate(ClusterKey.Create()).IsNewerThan(ring)); // there is always a next one
            return true;
        },
        iterations: 5_000); // each key is derived from

    /// <summary>Key files are the user's: whatever is wrong with one is a line that repeats nothing of it.</summary>
    [Fact]
    public void Key_files() => Fuzzing.Run(
        [
            Encoding.ASCII.GetBytes(Key.Reveal()),
            Encoding.ASCII.GetBytes($"# ours\r\n\n {Key.Reveal()} \r\n{Older.Reveal().ToUpperInvariant()}\n"),
        ],
        input =>
        {
            var text = Encoding.UTF8.GetString(input);
            try
            {
                var keys = KeyFile.Parse("the file", text);
                Assert.InRange(keys.Count, 1, Keyring.KeysMax);
                Assert.All(keys, key => Assert.Contains(key.Reveal(), text, StringComparison.OrdinalIgnoreCase));
                return true;
            }
            catch (KeyException e)
            {
                Assert.StartsWith("the file", e.Message, StringComparison.Ordinal);
                RepeatsNothing(e.Message, text);
                return false;
            }
        },
        iterations: 5_000);

    [Fact]
    public void Keys() => Fuzzing.Run(
        [Encoding.ASCII.GetBytes(Key.Reveal()), Encoding.ASCII.GetBytes($" {Older.Reveal()}\n")],
        input =>
        {
            var text = Encoding.UTF8.GetString(input);
            ClusterKey? key = null;
            string? fault = null;
            if (!Fuzzing.Bounded(input, _ => ClusterKey.TryParse(text, out key, out fault)))
            {
                RepeatsNothing(fault!, text);
                return false;
            }

            Assert.Equal(text.Trim(), key!.Reveal(), ignoreCase: true); // one text for each key, but for the letters' size
            return true;
        });

    [Fact]
    public void Authorizations()
    {
        var clock = new SetClock();
        var check = new TokenCheck(new ClusterKeys(Keyring.Of([Key, Older])), clock);
        var (token, other) = (AccessToken.Of(Key), AccessToken.Of(Older));
        Fuzzing.Run(
            [Encoding.ASCII.GetBytes($"Bearer {token}"), Encoding.ASCII.GetBytes($"bearer  {other}")],
            input =>
            {
                clock.Add(TimeSpan.FromSeconds(1)); // who was wrong may try again
                var header = Encoding.Latin1.GetString(input);
                var isRight = Bearer().Match(header) is { Success: true } bearer
                    && (bearer.Groups[1].Value == token || bearer.Groups[1].Value == other);
                Assert.Equal(isRight, check.Judge(header, 1) == TokenVerdict.Right);
                return isRight;
            });
    }

    // Of a secret a user would see so much again if a complaint quoted it.
    private static void RepeatsNothing(string complaint, string text)
    {
        const int Much = 12;
        foreach (var body in new[] { Key.Reveal(), Older.Reveal() }.Select(secret => secret[5..]).Append(text.Trim()))
        {
            for (var from = 0; from + Much <= body.Length; from += Much)
                Assert.DoesNotContain(body.Substring(from, Much), complaint, StringComparison.OrdinalIgnoreCase);
        }
    }

    [GeneratedRegex("^[Bb][Ee][Aa][Rr][Ee][Rr] +([^ ].*)$", RegexOptions.Singleline)]
    private static partial Regex Bearer();
}
