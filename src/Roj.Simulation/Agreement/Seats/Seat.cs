using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Agreement.Seats;

/// <summary>One <see cref="Registers"/> with its store and its clock; no machine, no disk, no network.</summary>
internal sealed class Seat(NodeId id, int expected, Rng rng)
{
    private readonly AgreementOutbox outbox = new();
    private readonly List<Output<NodeId, AgreementMessage, AgreementEvent, AgreementEffect>> waiting = [];
    private SeatStore durable = new();
    private SeatStore volatileStore = new();
    private TimeSpan clockAtStart;
    private Instant startedAt;

    public NodeId Id => id;

    /// <summary>Its name, for people.</summary>
    public int Number => NumberOf(id);

    public Registers? Registers { get; private set; }

    /// <summary>Its clock goes so many thousandths of a second in a second: within what is assumed.</summary>
    public int Pace { get; } = rng.Pick([955, 975, 1000, 1025, 1045]);

    /// <summary>How often it was started, whatever its disk says.</summary>
    public int Life { get; private set; }

    /// <summary>How often, as its disk has it.</summary>
    public uint Boot { get; private set; }

    /// <summary>It stands still until then.</summary>
    public Instant PausedUntil { get; set; }

    public bool WasSetBack { get; private set; }

    public bool IsMarked { get; private set; }

    /// <summary>What it was in an earlier life; null if none was taken.</summary>
    public (SeatStore Store, uint Boot)? Image { get; private set; }

    public bool IsDirty => waiting.Count > 0;

    public static NodeId IdOf(int number) => new((UInt128)(uint)number << 96); // shown by their first digits

    public static int NumberOf(NodeId node) => (int)(node.Value >> 96);

    /// <summary>Its clock starts anywhere with each life: it counts since its machine was started.</summary>
    public Instant ClockAt(Instant now) => new(clockAtStart.Ticks + ((now - startedAt).Ticks / 1000 * Pace));

    public uint RememberedBootOf(NodeId other) => durable.FindBoot(other, out var last) is Finding.Found ? last.Boot : 0;

    /// <summary>By which attempt it took last what is in a register; none if it took nothing, or has forgotten it.</summary>
    public Ballot TakenOf(ushort slot, RegisterName name) =>
        durable.Find(slot, name, out var state) is Finding.Found ? state.Accepted : Ballot.None;

    public void Start(Instant now, SeatsTown town)
    {
        clockAtStart = rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1000));
        (startedAt, PausedUntil) = (now, now);
        Boot++; // durable before the first word
        Life++;
        volatileStore = durable.Copy();
        var settings = new RegistersSettings
        {
            Self = id,
            Boot = Boot,
            Expected = expected,
            AliveBeforeVote = TimeSpan.FromMilliseconds(60),
            StewardPatience = TimeSpan.FromMilliseconds(150),
            RosterPatience = TimeSpan.FromSeconds(2),
            Slots = SeatsRun.Slots,
            PlacementPause = TimeSpan.FromMilliseconds(20),
            RepairPause = TimeSpan.FromMilliseconds(10),
            RepairRest = TimeSpan.FromMilliseconds(100),
            Proposing = new ProposerSettings
            {
                RetryPause = TimeSpan.FromMilliseconds(40),
                Patience = TimeSpan.FromMilliseconds(600),
                ForwardPatience = TimeSpan.FromMilliseconds(80),
                Backoff = TimeSpan.FromMilliseconds(2),
                BackoffMax = TimeSpan.FromMilliseconds(20),
            },
        };
        Registers = new Registers(ClockAt(now), settings, volatileStore, rng.Fork());
        Do(now, town, (registers, clock, all) => registers.Start(clock, all));
    }

    public void Do(Instant now, SeatsTown town, Action<Registers, Instant, AgreementOutbox> what)
    {
        what(Registers!, ClockAt(now), outbox);
        for (var i = 0; i < outbox.Count; i++)
        {
            var output = outbox[i];
            if (output.Message is { } answer)
                town.Watch.Answers(this, answer);
            if (output.Effect is AgreementEffect.Save save)
            {
                volatileStore.Save(save);
                waiting.Add(output);
            }
            else if (output.Event is { } happened)
            {
                town.Hears(this, happened);
            }
            else if (output.Message is { RestsOnDisk: true } && waiting.Count > 0)
            {
                waiting.Add(output);
            }
            else if (output.Message is { } message)
            {
                town.Says(this, output.To, message, isSent: true);
            }
        }

        outbox.Clear();
        if (rng.Chance(3, 4))
            Commit(town);
    }

    public void Commit(SeatsTown town) => Commit(town, waiting.Count, isSent: true);

    /// <summary>The power fails: of what was not committed a beginning has survived, and nothing of it was said.</summary>
    public void Kill(SeatsTown town)
    {
        var survivors = rng.Next(waiting.Count + 1);
        while (survivors < waiting.Count && waiting[survivors].Effect is null)
            survivors++; // what rests on the last that has survived is so, though nobody is told
        Commit(town, survivors, isSent: false);
        waiting.Clear();
        Registers = null;
    }

    public void TakeImage() => Image ??= (durable.Copy(), Boot);

    public void SetBack()
    {
        (durable, Boot) = Image!.Value;
        (WasSetBack, Image) = (true, null);
    }

    private void Commit(SeatsTown town, int count, bool isSent)
    {
        for (var i = 0; i < count; i++)
        {
            if (waiting[i].Effect is AgreementEffect.Save save)
            {
                durable.Save(save);
                IsMarked |= save.Key.Span.SequenceEqual(Records.MarkKey.Span);
            }
            else
            {
                town.Says(this, waiting[i].To, waiting[i].Message!, isSent);
            }
        }

        waiting.RemoveRange(0, count);
    }
}
