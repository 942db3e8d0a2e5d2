using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>Four processes on a network that loses, repeats and reorders, while they restart, rotate their keys and somebody records it
/// all: nothing counts twice, nothing of an earlier life counts, and in quiet all hear all again.</summary>
public sealed class SealStoryTests
{
    private const int Nodes = 4;
    private const int Steps = 400;

    [Fact]
    public void Nothing_counts_twice_and_in_quiet_all_hear_all() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        using var story = new Story((ulong)seed);
        for (var i = 0; i < Steps; i++)
            story.Step();
        story.ComeToRest();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private sealed class Story : IDisposable
    {
        private const int MailMax = 200;

        private readonly Rng rng;
        private readonly ClusterKeys[] keys;
        private readonly Seal[] seals;
        private readonly int[] lives = new int[Nodes];
        private readonly List<Letter> mail = []; // everything ever sent: a recorder has no end
        private readonly SortedSet<long> heard = [];
        private readonly byte[] output = new byte[256];
        private Keyring ring;
        private Instant now;
        private long said;

        public Story(ulong seed)
        {
            rng = new Rng(seed);
            ring = Keyring.Of([ClusterKey.Create()]);
            keys = [.. Enumerable.Range(0, Nodes).Select(_ => new ClusterKeys(ring))];
            seals = [.. keys.Select((its, i) => new Seal(its, (UInt128)(i + 1)))];
        }

        public void Dispose() => Array.ForEach(seals, seal => seal.Dispose());

        public void Step()
        {
            now += TimeSpan.FromMilliseconds(rng.Next(200));
            switch (rng.Next(20))
            {
                case 0:
                    Restart(rng.Next(Nodes));
                    break;
                case 1:
                    Rotate();
                    break;
                case < 8:
                    Say(rng.Next(Nodes), rng.Next(Nodes), toAll: rng.Next(4) == 0);
                    break;
                default:
                    if (mail.Count > 0)
                        Deliver(mail[rng.Next(mail.Count)]); // late, twice, or never
                    break;
            }
        }

        /// <summary>Everybody has the same ring; each says something to each until that was heard: three times at most.</summary>
        public void ComeToRest()
        {
            Array.ForEach(keys, its => its.Take(ring, _ => { }));
            now += TimeSpan.FromSeconds(2); // the budgets for strangers are full again
            for (var from = 0; from < Nodes; from++)
            {
                for (var to = 0; to < Nodes; to++)
                    Assert.True(from == to || Enumerable.Range(0, 3).Any(_ => IsHeard(from, to)), $"{to} does not hear {from}");
            }
        }

        private bool IsHeard(int from, int to)
        {
            var letter = Say(from, to, toAll: false);
            Deliver(letter);
            return heard.Contains(letter.Number);
        }

        private void Restart(int node)
        {
            seals[node].Dispose();
            keys[node] = new ClusterKeys(keys[node].Current);
            seals[node] = new Seal(keys[node], (UInt128)(node + 1));
            lives[node]++;
        }

        // One after the other they get the newest ring; who is behind opens nothing that is said in a key that it does not have.
        private void Rotate()
        {
            if (rng.Next(3) == 0)
                ring = rng.Next(2) == 0 ? ring.Rotate(ClusterKey.Create()) : ring.Retire();
            keys[rng.Next(Nodes)].Take(ring, _ => { });
        }

        private Letter Say(int from, int to, bool toAll)
        {
            Span<byte> plain = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(plain, ++said);
            var datagram = new byte[plain.Length + Seal.Overhead];
            seals[from].Write(toAll ? new Endpoint(uint.MaxValue, 1) : Home(to), plain, datagram);
            var letter = new Letter(from, to, lives[to], toAll, said, datagram);
            if (mail.Count == MailMax)
                mail.RemoveAt(rng.Next(mail.Count));
            mail.Add(letter);
            return letter;
        }

        private void Deliver(Letter letter)
        {
            var verdict = seals[letter.To].Open(now, Home(letter.From), letter.Datagram, output, out var words);
            if (verdict == SealVerdict.Stranger)
            {
                var answer = new byte[Seal.Overhead];
                Assert.Equal(answer.Length, seals[letter.To].Introduce(letter.Datagram, answer));
                Assert.True(answer.Length <= letter.Datagram.Length);
                seals[letter.From].Open(now, Home(letter.To), answer, output, out _);
            }

            if (verdict != SealVerdict.Fresh)
                return;
            Assert.Equal(letter.Number, BinaryPrimitives.ReadInt64BigEndian(words));
            Assert.True(heard.Add(letter.Number), "heard twice");
            Assert.True(letter.Life == lives[letter.To], "meant for an earlier life");
        }

        private static Endpoint Home(int node) => new(0x0A000001 + (uint)node, 7071);

        private sealed record Letter(int From, int To, int Life, bool ToAll, long Number, byte[] Datagram);
    }
}
