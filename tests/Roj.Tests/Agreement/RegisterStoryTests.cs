using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Xunit;
using Outbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Agreement.Wire.AgreementMessage, Roj.Agreement.AgreementEvent, Roj.Agreement.AgreementEffect>;

namespace Roj.Tests.Agreement;

/// <summary>Some proposers count a register up, over a network that loses, repeats and reorders, while acceptors are killed and come back
/// with what they had saved: what was acknowledged is there, once.</summary>
public sealed class RegisterStoryTests
{
    private const int Steps = 2000;

    [Fact]
    public void What_was_acknowledged_is_there_once() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var story = new Story((ulong)seed);
        for (var i = 0; i < Steps; i++)
            story.Step();
        story.ComeToRest();
        story.Judge();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private sealed class Story
    {
        private static readonly RegisterName Name = RegisterName.Of("count");

        private readonly Rng rng;
        private readonly NodeId[] ids;
        private readonly Acceptor[] acceptors;
        private readonly SortedDictionary<RegisterName, Slot>[] disks;
        private readonly Proposer[] proposers;
        private readonly Outbox outbox = new();
        private readonly List<(NodeId From, NodeId To, AgreementMessage Message)> mail = [];
        private readonly SortedDictionary<ulong, long> chosen = [];
        private Instant now;
        private int acknowledged;
        private int unknown;
        private int loss = 1;

        public Story(ulong seed)
        {
            rng = new Rng(seed);
            var count = 3 + (2 * rng.Next(2));
            ids = [.. Enumerable.Range(1, count).Select(number => new NodeId((UInt128)(uint)number))];
            disks = [.. ids.Select(_ => new SortedDictionary<RegisterName, Slot>())];
            acceptors = [.. ids.Select(_ => new Acceptor([]))];
            proposers =
            [
                .. ids.Take(3).Select(id => new Proposer(
                    new ProposerSettings { Self = id, Boot = 1, Acceptors = ids, Patience = TimeSpan.FromSeconds(2) }, rng.Fork())),
            ];
        }

        public void Step()
        {
            switch (rng.Next(30))
            {
                case 0:
                    Restart(rng.Next(ids.Length));
                    break;
                case < 3:
                    Ask(rng.Next(proposers.Length));
                    break;
                case < 6:
                    Pass(TimeSpan.FromMilliseconds(rng.Next(1, 120)));
                    break;
                default:
                    Deliver();
                    break;
            }
        }

        public void ComeToRest()
        {
            loss = 0;
            for (var i = 0; i < 20_000 && (mail.Count > 0 || proposers.Any(one => one.Deadline is not null)); i++)
            {
                if (mail.Count > 0)
                    Deliver();
                else
                    Pass(TimeSpan.FromMilliseconds(10));
            }

            Assert.All(proposers, one => Assert.Null(one.Deadline));
        }

        public void Judge()
        {
            Content? final = null;
            var id = proposers[0].Read(now, Name, outbox);
            CarryOut(0, ended => final = ended.Change == id ? ended.Content : final);
            for (var i = 0; i < 20_000 && final is null; i++)
            {
                if (mail.Count > 0)
                    Deliver(ended => final = ended.Change == id ? ended.Content : final);
                else
                    Pass(TimeSpan.FromMilliseconds(10), ended => final = ended.Change == id ? ended.Content : final);
            }

            Assert.NotNull(final);
            Assert.Equal(final.Version, (ulong)Value(final));
            Assert.InRange(Value(final), acknowledged, acknowledged + unknown);
        }

        private static long Value(Content content) => content.Data is { } data ? BinaryPrimitives.ReadInt64BigEndian(data.Span) : 0;

        private static Decision Count(Content content)
        {
            var next = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(next, Value(content) + 1);
            return Decision.Write(next);
        }

        private void Ask(int who)
        {
            proposers[who].Change(now, Name, Count, outbox);
            CarryOut(who, Take);
        }

        private void Restart(int who) => acceptors[who] = new Acceptor(disks[who]);

        private void Pass(TimeSpan time, Action<AgreementEvent.Ended>? ended = null)
        {
            now += time;
            for (var who = 0; who < proposers.Length; who++)
            {
                if (proposers[who].Deadline <= now)
                    proposers[who].Tick(now, outbox);
                CarryOut(who, ended ?? Take);
            }
        }

        private void Deliver(Action<AgreementEvent.Ended>? ended = null)
        {
            if (mail.Count == 0)
                return;
            var index = rng.Next(mail.Count);
            var (from, to, message) = mail[index];
            if (rng.Next(10) >= loss) // else it comes again
                mail.RemoveAt(index);
            if (rng.Next(10) < loss)
                return;
            var who = Array.IndexOf(ids, to);
            if (message is AgreementMessage.Ask or AgreementMessage.Prepare or AgreementMessage.Accept)
                acceptors[who].Receive(from, message, outbox);
            else if (who < proposers.Length)
                proposers[who].Receive(now, from, message, outbox);
            CarryOut(who, ended ?? Take);
        }

        private void CarryOut(int who, Action<AgreementEvent.Ended> ended)
        {
            for (var i = 0; i < outbox.Count; i++)
            {
                if (outbox[i].Message is { } message)
                    mail.Add((ids[who], outbox[i].To, message));
                else if (outbox[i].Effect is AgreementEffect.Save(var name, var slot))
                    disks[who][name] = slot;
                else if (outbox[i].Event is AgreementEvent.Ended it)
                    ended(it);
            }

            outbox.Clear();
        }

        private void Take(AgreementEvent.Ended ended)
        {
            acknowledged += ended.Applied is Applied.Yes ? 1 : 0;
            unknown += ended.Applied is Applied.Unknown ? 1 : 0;
            if (ended is not { Applied: Applied.Yes, Content: { } content })
                return;
            // A1: at most one value for each version.
            if (chosen.TryGetValue(content.Version, out var value))
                Assert.Equal(value, Value(content));
            chosen[content.Version] = Value(content);
            Assert.Equal((long)content.Version, Value(content));
        }
    }
}
