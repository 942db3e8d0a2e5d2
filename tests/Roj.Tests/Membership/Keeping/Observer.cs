using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;

namespace Roj.Tests.Membership.Keeping;

/// <summary>One keeper, node 1, with its outbox and its clock: the short words of the tests of keeping.</summary>
internal sealed class Observer
{
    internal const ulong OwnIncarnation = 10;

    private uint silent;

    internal Observer(KeeperSettings? settings = null, ulong seed = 1) =>
        Keeper = new Keeper(settings ?? Settings(), Profile(1), default, new Rng(seed));

    internal Keeper Keeper { get; }

    internal KeepingOutbox Outbox { get; } = new();

    internal Instant Now { get; set; }

    internal static KeeperSettings Settings(int number = 1) =>
        new() { Id = Finding.Id(number), Own = Finding.At(number), Incarnation = OwnIncarnation };

    internal static Profile Profile(int number) => new($"n{number}", 8080, 6881, 0, 0x010203, 0);

    internal static Rumour Rumour(int of, ulong incarnation, MemberState state, int accuser = 2) => state == MemberState.Alive
        ? new(Finding.Id(of), incarnation, state, Finding.At(of), Finding.Id(of), Profile(of))
        : new(Finding.Id(of), incarnation, state, Finding.At(of), Finding.Id(accuser), null);

    internal static MemberRecord Record(int of, ulong incarnation = 1, MemberState state = MemberState.Alive) =>
        new(Finding.Id(of), incarnation, state, Finding.At(of), Finding.Id(of), Profile(of), 0, default);

    /// <summary>An observer that met nodes 2 to <paramref name="last"/>, and has told everybody of everybody.</summary>
    internal static Observer Among(int last, KeeperSettings? settings = null, ulong seed = 1)
    {
        var observer = new Observer(settings, seed);
        observer.Learn([.. Enumerable.Range(2, last - 1).Select(number => Record(number))]);
        observer.Answering(until: 3, except: 0);
        return observer;
    }

    internal MemberState StateOf(int number) => Keeper.Find(Finding.Id(number))!.State;

    internal ulong IncarnationOf(int number) => Keeper.Find(Finding.Id(number))!.Incarnation;

    internal void Receive(SwimMessage message) => Keeper.Receive(Now, Finding.At((int)(uint)message.Sender.Value), message, Outbox);

    /// <summary>Node <paramref name="from"/> tells us something.</summary>
    internal void Tell(int from, params Rumour[] news) => Receive(new SwimMessage.Tell(Finding.Id(from), 1, 0, news));

    internal void Learn(params MemberRecord[] records) => Keeper.Reply(Now, new ExchangeMessage.Everything(records, IsLast: true), Outbox);

    /// <summary>Ticks at every deadline up to <paramref name="seconds"/> since the clock's beginning.</summary>
    internal void RunUntil(double seconds) => RunUntil(Instant.Zero + TimeSpan.FromSeconds(seconds));

    internal void RunUntil(Instant end)
    {
        while (Keeper.Deadline is { } due && due <= end)
        {
            Now = due < Now ? Now : due;
            Keeper.Tick(Now, Outbox);
        }

        Now = end;
    }

    /// <summary>Runs while all who are asked answer at once, but one; gives back all outputs.</summary>
    internal List<KeepingOutput> Answering(double until, int except) => Answering(Instant.Zero + TimeSpan.FromSeconds(until), except);

    internal List<KeepingOutput> Answering(Instant end, int except)
    {
        silent = (uint)except;
        var all = Answer();
        while (Keeper.Deadline is { } due && due <= end)
        {
            Now = due < Now ? Now : due;
            Keeper.Tick(Now, Outbox);
            all.AddRange(Answer());
        }

        Now = end;
        return all;
    }

    /// <summary>Takes all that waits in the outbox.</summary>
    internal List<KeepingOutput> Take()
    {
        var outputs = Enumerable.Range(0, Outbox.Count).Select(i => Outbox[i]).ToList();
        Outbox.Clear();
        return outputs;
    }

    internal List<(Endpoint To, SwimMessage Message)> TakeSends() =>
        [.. Take().Where(o => o.Message is not null).Select(o => (o.To, o.Message!))];

    internal List<MembershipEvent> TakeEvents() => [.. Take().Select(o => o.Event).OfType<MembershipEvent>()];

    private List<KeepingOutput> Answer()
    {
        List<KeepingOutput> all = [];
        for (var outputs = Take(); outputs.Count > 0; outputs = Take())
        {
            all.AddRange(outputs);
            foreach (var output in outputs)
            {
                var asked = output.To.Address & 255;
                if (output.Message is SwimMessage.Ping ping && asked != silent)
                    Receive(new SwimMessage.Ack(ping.Target, 1, ping.Sequence, []));
                else if (output.Message is SwimMessage.PingRequest request && asked != silent)
                    Receive(new SwimMessage.Nack(Finding.Id((int)asked), 1, request.Sequence, []));
                else if (output.Effect is KeepingEffect.Exchange(var with))
                    Keeper.Exchanged(Now, with, Outbox);
            }
        }

        return all;
    }
}
