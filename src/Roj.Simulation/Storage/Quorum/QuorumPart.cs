using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Storage;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>A machine's part in the store where a majority decides: the production <see cref="QuorumStore"/> on its registers.</summary>
/// <param name="member">The machine.</param>
/// <param name="settings">How much its store takes on.</param>
/// <param name="rng">Its own.</param>
internal sealed class QuorumPart(AgreementMember member, QuorumSettings settings, Rng rng)
{
    private readonly SortedDictionary<ulong, Action<StorageAnswer>> asked = [];
    private readonly Queue<AgreementEvent> heard = [];
    private (Registers Of, QuorumStore Store)? run;
    private ulong last;
    private bool isBusy;

    /// <summary>The machine.</summary>
    public AgreementMember Member => member;

    /// <summary>Whether it can be asked something now.</summary>
    public bool IsAble => member.IsAble;

    /// <summary>Milliseconds that its clock on the wall is ahead.</summary>
    public long Skew { get; set; }

    /// <summary>What its clock on the wall shows: milliseconds since 1970.</summary>
    public long Unix => QuorumTown.UnixAt(member.World.Now) + Skew;

    private Moment Now => new(member.Now, Unix);

    /// <summary>Asks it for something. If the machine dies meanwhile, there is no answer.</summary>
    public void Ask(StorageCall call, Action<StorageAnswer> done) => member.Do((registers, outbox) =>
    {
        if (run?.Of != registers)
        {
            asked.Clear();
            heard.Clear();
            run = (registers, new QuorumStore(settings, registers, rng.Fork()));
        }

        asked.Add(++last, done);
        run.Value.Store.Ask(Now, last, call, outbox);
    });

    /// <summary>Does what is due.</summary>
    public void Tick()
    {
        if (run is var (of, store) && of == member.Registers && store.Deadline <= member.Now)
            member.Do((_, outbox) => store.Tick(Now, outbox));
        GoOn();
    }

    /// <summary>Its registers tell something.</summary>
    public void Hear(AgreementEvent what)
    {
        heard.Enqueue(what);
        GoOn();
    }

    /// <summary>Gives it what its registers have told, and tells what it answers.</summary>
    public void GoOn()
    {
        if (isBusy)
            return;
        isBusy = true;
        while (run is var (of, store) && of == member.Registers && member.IsAble && (heard.Count > 0 || store.HasAnswers))
        {
            if (heard.TryDequeue(out var what))
                member.Do((_, outbox) => Give(store, what, outbox));
            while (store.TryTakeAnswer(out var call, out var answer))
            {
                if (asked.Remove(call, out var done))
                    done(answer!);
            }
        }

        isBusy = false;
    }

    private void Give(QuorumStore store, AgreementEvent what, AgreementOutbox outbox)
    {
        if (what is AgreementEvent.Ended(var outcome))
            store.Ended(Now, outcome, outbox);
        else if (what is AgreementEvent.Walked part)
            store.Walked(Now, part, outbox);
    }
}
