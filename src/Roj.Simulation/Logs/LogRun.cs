using System.Text;
using Roj.Kernel;
using Roj.Log;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Logs;

/// <summary>One run of a seed: a log on a disk that loses power, fails and fills; what it was told to keep must be there.</summary>
public sealed class LogRun
{
    private const int Steps = 250;
    private const int KeysMax = 40;
    private const int OpenAttemptsMax = 20;

    private readonly Rng rng;
    private readonly SimDisk disk;
    private readonly LogSettings settings;
    private readonly LogModel model = new();
    private readonly Action<string>? sink;
    private readonly int keyCount;
    private readonly int valueBytesMax;
    private SimLogDisk shell;
    private DurableLog log = null!;
    private LogCommit? commit;
    private bool isWritten;
    private bool isRetry;
    private long commitCount;
    private string? wrong;

    /// <summary>Draws a run.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives what happens, line by line; null where only the end is wanted.</param>
    public LogRun(ulong seed, Action<string>? sink = null)
    {
        this.sink = sink;
        rng = new Rng(seed);
        disk = new SimDisk(rng.Fork());
        shell = new SimLogDisk(disk);
        keyCount = rng.Next(2, KeysMax);
        valueBytesMax = rng.Pick([20, 200, 2000]);
        settings = new LogSettings(new UInt128(7, seed))
        {
            SegmentBytes = rng.Pick([4096, 6000, 16384]),
            WaitingBytesMax = rng.Pick([2000, 8192, 1 << 20]),
            ReserveBytes = rng.Pick([0, 4096, 20000]),
            PreallocateBytes = rng.Pick([0, 700, 8192]),
            DeadPercent = rng.Pick([1, 30, 50]),
            HashBits = rng.Pick([2, 64, 64]),
        };
    }

    /// <summary>Power cuts, whatever the machine was doing.</summary>
    public int Cuts { get; private set; }

    /// <summary>Openings that found a torn tail.</summary>
    public int TornTails { get; private set; }

    /// <summary>Commits that ended in quarantine.</summary>
    public int Quarantines { get; private set; }

    /// <summary>Commits for which there was no room.</summary>
    public int Fulls { get; private set; }

    /// <summary>Commits that were acknowledged.</summary>
    public int Commits { get; private set; }

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Run()
    {
        Reopen();
        for (var step = 0; step < Steps && wrong is null; step++)
            Step();
        if (wrong is null)
            Heal();
        if (wrong is null && rng.Chance(1, 2) && settings.HashBits == 64)
            FlipABit();
        return wrong;
    }

    private void Step()
    {
        switch (rng.Next(100))
        {
            case < 40:
                Append();
                break;
            case < 50:
                Remove();
                break;
            case < 75:
                Commit();
                break;
            case < 85:
                log.Compact(rng.Next(1, 8192));
                break;
            case < 90:
                CheckAll();
                break;
            case < 92:
                Say("killed");
                Reopen();
                break;
            case < 94:
                CutPower();
                break;
            case < 95 when !IsDying: // the dead stay dead
                shell.DiesAfter = shell.Operations + rng.Next(12);
                Say($"dies after {shell.DiesAfter - shell.Operations} operations");
                break;
            case < 96:
                disk.Faults = disk.Faults == DiskFaults.None ? Failing() : DiskFaults.None;
                Say($"{disk.Faults}");
                break;
            case < 98:
                disk.Capacity = disk.Capacity == long.MaxValue ? disk.Used + rng.Next(6000) : long.MaxValue;
                Say($"capacity {disk.Capacity}");
                break;
            default:
                CheckListing();
                break;
        }
    }

    private DiskFaults Failing() => new()
    {
        WriteErrorPpm = rng.Pick([0, 50_000]),
        SyncErrorPpm = rng.Pick([0, 100_000]),
        // Where hashes are cut short on purpose, keys that can't be read can't be told apart.
        ReadErrorPpm = settings.HashBits == 64 ? rng.Pick([0, 20_000]) : 0,
    };

    private void Append()
    {
        var key = rng.Next(keyCount);
        var value = new byte[rng.Next(valueBytesMax)];
        rng.Fill(value);
        if (log.Append(KeyOf(key), value, isUrgent: rng.Chance(1, 10)) == LogStatus.Done)
            model.Change(key, value);
    }

    private void Remove()
    {
        var key = rng.Next(keyCount);
        if (log.Remove(KeyOf(key)) == LogStatus.Done)
            model.Change(key, null);
    }

    // One stage of it: between any two something else may happen.
    private void Commit()
    {
        if (commit is null)
        {
            commit = log.BeginCommit();
            isWritten = false;
            // One that is tried again takes what it took the first time, and nothing of what came after it.
            commitCount = isRetry ? commitCount : model.Count;
            return;
        }

        if (!isWritten)
        {
            isWritten = true;
            commit.Write(shell);
            return;
        }

        commit.Sync(shell);
        var status = log.EndCommit(commit);
        commit = null;
        isRetry = status == LogStatus.Full;
        Say($"commit of {commitCount}: {status}");
        switch (status)
        {
            case LogStatus.Done:
                Commits++;
                model.Acknowledge(commitCount);
                break;
            case LogStatus.Full:
                Fulls++;
                break;
            default:
                Quarantines++;
                if (rng.Chance(1, 2))
                    CutPower();
                else
                    Reopen();
                break;
        }
    }

    private void CutPower()
    {
        Say("power cut");
        Cuts++;
        disk.PowerCut();
        Reopen();
    }

    private void Reopen()
    {
        commit = null;
        isRetry = false;
        for (var attempt = 0; attempt < OpenAttemptsMax; attempt++)
        {
            // A process that died on a machine that died is gone with it.
            if (shell.Operations > shell.DiesAfter)
            {
                Cuts++;
                disk.PowerCut();
            }

            shell = new SimLogDisk(disk);
            if (attempt == 0 && rng.Chance(1, 8))
                shell.DiesAfter = rng.Next(30);
            var opened = DurableLog.Open(shell, settings);
            Say($"opened: {opened.Fault?.Sentence ?? "well"}; tail: {opened.Tail}");
            TornTails += opened.Tail is null ? 0 : 1;
            if (opened.TryGet(out var taken, out var fault))
            {
                log = taken;
                commitCount = model.Count;
                var isRead = TryRead(out var held);
                if (shell.Operations > shell.DiesAfter)
                    continue;
                if (!isRead || !model.TryTake(held, out wrong))
                    wrong ??= "can't be read";
                return;
            }

            if (fault is LogFault.Corrupt or LogFault.FutureVersion or LogFault.WrongOwner)
            {
                wrong = $"refused: {fault.Sentence}";
                return;
            }

            disk.Faults = DiskFaults.None;
        }

        wrong = "was never opened";
    }

    private bool TryRead(out SortedDictionary<int, byte[]> held)
    {
        held = [];
        for (var key = 0; key < keyCount; key++)
        {
            LogFinding finding;
            ReadOnlyMemory<byte> value;
            // A read that fails now may succeed when tried again.
            var attempts = 0;
            do
                finding = log.Find(KeyOf(key), out value);
            while (finding == LogFinding.Damaged && disk.Faults.ReadErrorPpm > 0 && attempts++ < 20);

            if (finding == LogFinding.Found)
                held.Add(key, value.ToArray());
            else if (finding == LogFinding.Damaged && !IsDying)
                return Fail($"key {key} is damaged");
        }

        return true;
    }

    private bool IsDying => shell.DiesAfter != long.MaxValue;

    private void CheckAll()
    {
        if (IsDying)
            return;
        if (!TryRead(out var held))
            return;
        foreach (var (key, value) in model.Visible)
        {
            if (!held.TryGetValue(key, out var there) || !there.AsSpan().SequenceEqual(value))
            {
                Fail($"key {key} is not what was appended last");
                return;
            }
        }

        if (held.Count != model.Visible.Count)
            Fail("a key is there that was removed");
        else if (log.Figures.Keys != held.Count)
            Fail($"{held.Count} keys, counted {log.Figures.Keys}");
    }

    // While it is listed, the log goes on: what is there throughout must be in it.
    private void CheckListing()
    {
        if (IsDying || disk.Faults != DiskFaults.None)
            return;
        var throughout = new SortedSet<int>(model.Visible.Keys);
        var seen = new SortedSet<int>();
        var cursor = LogCursor.Start;
        for (var isLast = false; !isLast;)
        {
            var page = log.List(cursor, rng.Next(1, 6));
            foreach (var key in page.Keys)
                seen.Add(int.Parse(Encoding.ASCII.GetString(key.Span).AsSpan(1, 3), System.Globalization.CultureInfo.InvariantCulture));
            (cursor, isLast) = (page.Next, page.IsLast);
            if (rng.Chance(1, 4))
                log.Compact(4096);
            if (!rng.Chance(1, 8))
                continue;
            if (rng.Chance(1, 2))
                Remove();
            else
                Append();
            throughout.IntersectWith(model.Visible.Keys);
        }

        if (!throughout.IsSubsetOf(seen))
            Fail($"not listed: {string.Join(' ', throughout.Except(seen))}");
    }

    // All faults end: everything must be taken again, and what is dead must go.
    private void Heal()
    {
        (disk.Faults, disk.Capacity) = (DiskFaults.None, long.MaxValue);
        CutPower();
        shell.DiesAfter = long.MaxValue;
        if (wrong is null && log.IsQuarantined)
            Reopen();
        for (var i = 0; wrong is null && (log.Compact(8192) || log.IsDirty || log.IsFull); i++)
        {
            if (i == 2000)
                Fail($"never comes to rest: {log.Figures}");
            do
                Commit();
            while (commit is not null);
        }

        var figures = log.Figures;
        if (wrong is null && figures.ReserveBytes != settings.ReserveBytes)
            Fail($"the reserve was not filled: {figures}");
        CheckAll();
        if (wrong is null)
            CutPower();
        CheckAll();
    }

    // Damage is found, or it is where nothing is: a wrong value is never given.
    private void FlipABit()
    {
        shell.DiesAfter = long.MaxValue;
        var name = rng.Pick([.. disk.List()]);
        if (!disk.FlipBit(name))
            return;
        shell = new SimLogDisk(disk);
        var opened = DurableLog.Open(shell, settings);
        Say($"a bit of {name} flipped: {opened.Fault?.Sentence ?? "opened"}; tail: {opened.Tail}");
        if (!opened.TryGet(out var taken, out _))
            return;
        log = taken;
        for (var key = 0; key < keyCount; key++)
        {
            var finding = log.Find(KeyOf(key), out var value);
            if (finding == LogFinding.Damaged || opened.Tail is not null)
                continue;
            if ((finding == LogFinding.Found) != model.Visible.TryGetValue(key, out var expected))
                Fail($"key {key} came or went with a bit of {name}");
            else if (expected is not null && !value.Span.SequenceEqual(expected))
                Fail($"key {key} changed with a bit of {name}");
        }
    }

    private static byte[] KeyOf(int key) => Encoding.ASCII.GetBytes($"k{key:D3}{new string('x', key * 7)}");

    private bool Fail(string what)
    {
        wrong ??= what;
        return false;
    }

    private void Say(string what) => sink?.Invoke($"{shell.Operations}: {what}");
}
