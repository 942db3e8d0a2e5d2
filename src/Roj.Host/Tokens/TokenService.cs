using Roj.Agreement;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;
using TokenOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Token.Wire.TokenMessage, Roj.Token.TokenEvent, Roj.Token.TokenEffect>;
using TokenOutput = Roj.Kernel.Output<
    Roj.Kernel.NodeId, Roj.Token.Wire.TokenMessage, Roj.Token.TokenEvent, Roj.Token.TokenEffect>;

namespace Roj.Host.Tokens;

/// <summary>Runs one node's part in passing one token, and the work that goes round with it.</summary>
/// <remarks>On the node's loop only; work is done beside it. Its clock is <see cref="BootClock"/>: a lid that was closed is time.</remarks>
internal sealed class TokenService : IDisposable
{
    // Whom nobody takes the token from need not spin.
    private static readonly TimeSpan IdleRest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SavePace = TimeSpan.FromSeconds(1);

    private readonly EventLoop loop;
    private readonly TokenOptions options;
    private readonly ITokenWork work;
    private readonly TokenWorker worker;
    private readonly Func<NodeId, TokenMessage, bool> say;
    private readonly RegisterName register;
    private readonly TokenMemoryFile? file;
    private readonly TokenLog log;
    private readonly TokenOutbox outbox = new();
    private readonly Queue<TokenOutput> outputs = new();
    private TokenPassing passing;
    private AgreementService? watched;
    private IReadOnlyList<NodeId> ring = [];
    private CancellationTokenSource? turn;
    private Task saving = Task.CompletedTask;
    private Instant? saveAt;
    private long turns;
    private long turnsInARow;
    private bool isRingUntold = true;
    private bool isStarted;
    private bool isDraining;
    private bool isKeeping;
    private bool isLeaving;
    private bool isClosed;

    /// <summary>Takes part from <see cref="Start"/> on.</summary>
    /// <param name="loop">The node's.</param>
    /// <param name="options">What the wing was given.</param>
    /// <param name="name">Which token.</param>
    /// <param name="work">What goes round with it.</param>
    /// <param name="nameOf">What to call a node.</param>
    /// <param name="say">Says something to a node; false if it surely does not reach it.</param>
    /// <exception cref="NodeException">What was kept can't be read.</exception>
    public TokenService(
        EventLoop loop,
        TokenOptions options,
        string name,
        ITokenWork work,
        Func<NodeId, string> nameOf,
        Func<NodeId, TokenMessage, bool> say)
    {
        (this.loop, this.options, Name, this.work, this.say) = (loop, options, name, work, say);
        (NameOf, log) = (nameOf, new TokenLog(nameOf));
        worker = new TokenWorker(work, fault => Tell("token.failed", $"token {name}: its work failed: {fault}", LogLevel.Warning));
        register = RegisterName.Of(TokenName.LeaseOf(name));
        file = options.Data is { } data
            ? new TokenMemoryFile(data, name, text => loop.Post(_ => Tell("token.unkept", text, LogLevel.Warning), null))
            : null;
        IsLeased = options.IsToAgree || options.Agreement()?.Roster is not null;
        passing = Passing(file?.Read(IsLeased) ?? new TokenMemory());
    }

    /// <summary>Which token.</summary>
    public string Name { get; }

    /// <summary>What goes round with it.</summary>
    public ITokenWork Work => work;

    /// <summary>What it knows of the work.</summary>
    public TokenMemory Memory => passing.Memory;

    /// <summary>What happened.</summary>
    public IReadOnlyList<TokenLogEntry> Log => log.All;

    /// <summary>How it stands.</summary>
    public TokenStatus Status => new(
        Name,
        IsLeased,
        passing.State,
        passing.Holder,
        passing.Holder is { } holder ? NameOf(holder) : null,
        passing.Seen,
        turns,
        work.Kind,
        worker.Note);

    private bool IsLeased { get; set; }

    private Func<NodeId, string> NameOf { get; }

    /// <summary>Begins.</summary>
    public void Start()
    {
        isStarted = true;
        Input(now => passing.Start(now, outbox));
    }

    /// <summary>Who takes part beside this node, in the order of the ring.</summary>
    public void Meet(IReadOnlyList<NodeId> others)
    {
        isRingUntold |= !ring.SequenceEqual(others);
        ring = others;
    }

    /// <summary>Another node says something about this token.</summary>
    public void Receive(NodeId from, TokenMessage message)
    {
        // Round a fast ring it comes back before it is said that it was taken.
        if (message is TokenMessage.Take)
            turnsInARow = 0;
        Input(now => passing.Receive(now, from, message, outbox));
    }

    /// <summary>What was said to a node by TCP may not have arrived.</summary>
    public void Undelivered(NodeId to, bool isSent) => Input(now => passing.Undelivered(now, to, isSent, outbox));

    /// <summary>Agreement tells something.</summary>
    public void Heard(AgreementEvent what)
    {
        if (passing is not LeasedPassing leased)
            return;
        if (what is AgreementEvent.Lapsed(var lapsed, var epoch) && lapsed == register)
            Input(now => leased.Lapsed(now, epoch, outbox));
        else if (what is AgreementEvent.Vacant(var vacant) && vacant == register)
            Input(now => leased.Vacant(now, outbox));
    }

    /// <summary>How long a turn surely still lasts; null if it is over.</summary>
    /// <param name="fence">Of the turn.</param>
    public TimeSpan? LeftOf(Fence fence)
    {
        if (isLeaving || passing.State is not TokenState.Owner || passing.Own.Turn != (fence.Epoch, fence.Sequence))
            return null;
        return IsLeased ? watched?.LeftOf(register) : options.Settings.WaiterTimeout;
    }

    /// <summary>The work has got further.</summary>
    /// <returns>Whether it counts: whether the turn is not over.</returns>
    public bool Worked(Fence fence, ulong progress, ReadOnlyMemory<byte> data)
    {
        var counts = false;
        var isNow = passing.Own.Turn == (fence.Epoch, fence.Sequence);
        var under = isNow ? passing.Own : new TokenStamp(fence.Epoch, fence.Sequence, progress, default, 0);
        Input(now => counts = LeftOf(fence) is not null && passing.Worked(now, under, progress, data, outbox));
        return counts;
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When to be called again though nothing came; null for never.</returns>
    public Instant? Turn()
    {
        if (isClosed || !isStarted)
            return null;
        FollowMode();
        if (isRingUntold)
        {
            isRingUntold = false;
            Input(now => passing.Meet(now, ring, outbox));
        }

        // While the disk is full agreement tells nothing, of the lease's end neither.
        var left = IsLeased ? watched?.LeftOf(register) : null;
        if (passing is LeasedPassing leased && left is null && !leased.Own.IsNone)
            Input(now => leased.Lapsed(now, leased.Own.Epoch, outbox));
        if (passing.Deadline <= BootClock.Now)
            Input(now => passing.Tick(now, outbox));
        if (saveAt <= loop.Now && saving.IsCompleted)
            SaveSoon();
        var (now, boot) = (loop.Now, BootClock.Now);
        var due = passing.Deadline is { } deadline ? now + (deadline - boot) : (Instant?)null;
        var saves = saving.IsCompleted ? saveAt : null;
        return Instant.Earliest(Instant.Earliest(due, saves), passing.Own.IsNone ? null : now + left);
    }

    /// <summary>The node is about to go: it hands the token on, as soon as nobody works under it any more. Who does is told that his turn
    /// is over; where he does not end what he began, the token is not handed on, and others have it when his time is surely over.</summary>
    /// <returns>Ends when nobody works any more, and the token is on its way.</returns>
    public async Task LeaveAsync()
    {
        isLeaving = true;
        if (passing.State is TokenState.Owner)
            await worker.EndAsync(turn);
        Input(now => passing.Leave(now, outbox));
    }

    /// <summary>Whether the token is on its way from here.</summary>
    public bool IsPassing => passing.State is TokenState.Passing or TokenState.Owner && ring.Count > 0;

    /// <summary>Keeps what is known, and ends.</summary>
    public async Task EndAsync()
    {
        Dispose();
        await saving;
        if (saveAt is not null && file is not null)
            file.Keep(MemoryCodec.Write(passing.Memory, IsLeased));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isClosed = true;
        turn?.Cancel();
    }

    private TokenPassing Passing(TokenMemory memory)
    {
        var settings = options.Settings with
        {
            Boot = options.Agreement()?.Boot ?? 0,
            SavesFirst = options.Settings.SavesFirst && file is not null,
        };
        return IsLeased ? new LeasedPassing(settings, memory) : new FreePassing(settings, memory);
    }

    // A roster that is known from now on: whose turn it is is its matter.
    private void FollowMode()
    {
        if (options.Agreement() is not { } agreement || agreement == watched)
            return;
        watched = agreement;
        agreement.Watch(register);
        turn?.Cancel();
        var memory = IsLeased ? passing.Memory : passing.Memory.OfWork();
        IsLeased = true;
        passing = Passing(memory);
        isRingUntold = true;
        Input(now => passing.Start(now, outbox));
    }

    private void Input(Action<Instant> input)
    {
        if (isClosed)
            return;
        input(BootClock.Now);
        for (var i = 0; i < outbox.Count; i++)
            outputs.Enqueue(outbox[i]);
        outbox.Clear();
        Drain();
    }

    // Not while something is being kept: what stands behind that waits. What leads to another input has its outputs stand behind these.
    private void Drain()
    {
        if (isDraining)
            return;
        isDraining = true;
        try
        {
            while (!isKeeping && !isClosed && outputs.TryDequeue(out var output))
                CarryOut(output);
        }
        finally
        {
            isDraining = false;
        }
    }

    private void CarryOut(TokenOutput output)
    {
        if (output.Message is { } message)
        {
            if (!say(output.To, message) && message is TokenMessage.Take)
                Undelivered(output.To, isSent: false);
        }
        else if (output.Event is { } what)
        {
            Happened(what);
        }
        else
        {
            Do(output.Effect!);
        }
    }

    private void Do(TokenEffect effect)
    {
        switch (effect)
        {
            case TokenEffect.Keep when file is not null:
                Keep(file);
                break;
            case TokenEffect.KeepSoon when file is not null:
                saveAt ??= loop.Now + SavePace;
                break;
            case TokenEffect.Claim(var patience):
                Claim((LeasedPassing)passing, patience);
                break;
            case TokenEffect.Hand(var to, var boot, var stamp):
                Hand((LeasedPassing)passing, to, boot, stamp);
                break;
            case TokenEffect.TakeOver(var epoch, var duration, var since):
                var isHeld = watched?.TakeOver(register, epoch, duration, since) is true;
                Input(now => ((LeasedPassing)passing).TakenOver(now, isHeld, outbox));
                break;
            case TokenEffect.Release:
                _ = watched?.ReleaseAsync(register);
                break;
        }
    }

    private async void Keep(TokenMemoryFile to)
    {
        isKeeping = true;
        await SaveAsync(to);
        isKeeping = false;
        Drain();
    }

    private async void SaveSoon() => await SaveAsync(file!);

    private Task SaveAsync(TokenMemoryFile to)
    {
        saveAt = null;
        var memory = MemoryCodec.Write(passing.Memory, IsLeased);
        return saving = After(saving);

        async Task After(Task before)
        {
            await before;
            await Task.Run(() => to.Keep(memory));
        }
    }

    private async void Claim(LeasedPassing leased, TimeSpan patience)
    {
        var outcome = watched is { } agreement ? await agreement.ClaimAsync(register, options.Settings.Lease, patience) : null;
        // Granted too late it is over already, and nothing else tells so.
        var held = watched?.EpochOf(register);
        if (leased == passing && outcome is { Applied: Applied.Yes, Content: { Lease.Epoch: var epoch } content } && epoch == held)
        {
            Input(now => leased.Granted(now, epoch, StampCodec.Read((content.Data ?? default).Span), outbox));
            return;
        }

        var why = outcome?.Refusal is { } refusal and not Refusal.None ? $"{refusal}" : "it was over before it could be used";
        Input(now => leased.Denied(now, why, outbox));
        if (held is not null && passing.Own.IsNone)
            _ = watched!.ReleaseAsync(register); // else it would be kept for nothing
    }

    private async void Hand(LeasedPassing leased, NodeId to, uint boot, TokenStamp stamp)
    {
        var outcome = watched is { } agreement ? await agreement.HandAsync(register, to, boot, StampCodec.Write(stamp)) : null;
        Input(now => leased.Handed(now, outcome is { Applied: Applied.Yes }, outbox));
    }

    private void Happened(TokenEvent what)
    {
        log.Add(options.Settings.Self, what);
        switch (what)
        {
            case TokenEvent.Held(var stamp, var data):
                Run(passing, stamp, data);
                break;
            case TokenEvent.Passed:
                turnsInARow = 0;
                break;
            case TokenEvent.Lost(_, var why):
                turn?.Cancel();
                Tell("token.lost", $"token {Name}: this node's turn is over: {why}", LogLevel.Warning);
                break;
            case TokenEvent.Dropped(var stamp, var by, var why):
                Tell("token.dropped", $"token {Name}: {TokenLog.Words(stamp, by, why)}", LogLevel.Warning);
                break;
            case TokenEvent.Step(var step):
                Tell("token.step", $"token {Name}: {step}", LogLevel.Info);
                break;
        }
    }

    private async void Run(TokenPassing under, TokenStamp stamp, ReadOnlyMemory<byte> data)
    {
        if (isLeaving)
            return; // it is passed on at once
        turns++;
        turnsInARow++;
        var result = work is NoWork { IsRestless: true } ? null : await WorkAsync(stamp, data);
        if (under != passing || isClosed)
            return;
        // What changes nothing is no news to anybody.
        if (result is not null && (result.Progress != stamp.Progress || !result.Data.Span.SequenceEqual(data.Span)))
            Input(now => under.Worked(now, stamp, result.Progress, result.Data, outbox));
        var rest = result?.Rest ?? default;
        if (turnsInARow > 1 && rest < IdleRest && !(result?.Progress > stamp.Progress))
            rest = IdleRest; // nobody takes it
        if (rest > default(TimeSpan))
            await Task.Delay(rest);
        if (!isLeaving && under == passing && under.State is TokenState.Owner && under.Own.Turn == stamp.Turn)
            Input(now => under.PassOn(now, outbox));
    }

    private async Task<TokenResult?> WorkAsync(TokenStamp stamp, ReadOnlyMemory<byte> data)
    {
        using var mine = new CancellationTokenSource();
        turn = mine;
        var fence = new Fence(TokenName.LeaseOf(Name), stamp.Epoch, stamp.Sequence);
        var result = await worker.WorkAsync(new TokenTurn(Name, stamp.Progress, data, fence), mine); // which throws nothing
        turn = turn == mine ? null : turn;
        return result;
    }

    private void Tell(string kind, string text, LogLevel level) => options.Tell(new WingNews(kind, text, level));
}
