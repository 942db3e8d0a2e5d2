using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Roj.Cli.Up;

/// <summary>Some nodes on this machine's loopback addresses, each a process of its own with a folder of its own.</summary>
/// <remarks>Nothing is left behind: the processes end when their standard input does, whatever becomes of this one, and each of them
/// removes its own folder.</remarks>
internal sealed class LocalCluster : IDisposable
{
    // Long enough to see it declared dead by all, and to try "roj why".
    private static readonly TimeSpan ReviveAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1.7);
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(200);

    private readonly UpOptions options;
    private readonly IUpReport report;
    private readonly string folder = Directory.CreateTempSubdirectory("roj-up-").FullName;
    private readonly BlockingCollection<LocalWord> words = [];
    private readonly SortedSet<string> told = new(StringComparer.Ordinal);
    private readonly LocalShare? share;
    private readonly LocalWings wings;
    private readonly LocalChaos? chaos;
    private readonly long begun = Stopwatch.GetTimestamp();
    private volatile bool interrupted;
    private bool wasComplete;

    public LocalCluster(UpOptions options, IUpReport report)
    {
        (this.options, this.report) = (options, report);
        Members = [.. Enumerable.Range(1, options.Count).Select(number => new LocalMember(number, folder, options))];
        share = options.Shared is { } shared ? new LocalShare(shared, Members) : null;
        wings = new LocalWings(Members, hasFile: share is not null);
        chaos = options.Chaos ? new LocalChaos(Members, (kind, address, text) => Tell(kind, address, text)) : null;
    }

    public IReadOnlyList<LocalMember> Members { get; }

    /// <summary>What its wings do, a line each.</summary>
    public IReadOnlyList<string> Wings => wings.Lines;

    /// <summary>How long it has been there.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(begun);

    /// <summary>Whether all have seen all, be it once.</summary>
    public bool WasComplete { get; private set; }

    /// <summary>Whether a file is shared among all.</summary>
    public bool IsSharing => share is not null;

    /// <summary>Whether all have that file, byte for byte.</summary>
    public bool IsShared => share is { IsDone: true };

    /// <summary>Why it could not begin; null while all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>Why the sharing came to nothing; null while all is well.</summary>
    public string? ShareFailure => share?.Failure;

    /// <summary>How long a node that was killed stays so.</summary>
    public static TimeSpan RestTime => ReviveAfter;

    /// <summary>Runs the nodes until the time is over or the user ends them; then none of them runs.</summary>
    public void Run()
    {
        using var signals = new StopSignals(() => interrupted = true, PosixSignal.SIGHUP);
        try
        {
            foreach (var member in Members)
                Begin(member);
            share?.Start();
            wings.Start();
            report.Run(this, Watch);
        }
        finally
        {
            share?.End();
            wings.End();
            EndAll();
        }
    }

    /// <summary>How the others see a node: one word if they agree, else each with the number of those who say it.</summary>
    public string StateOf(LocalMember member)
    {
        var states = Members.Where(other => other != member).Select(other => other.StateOf(member.Address)).OfType<string>()
            .GroupBy(state => state, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        return states switch
        {
            [] => Members.Count == 1 ? "alone" : "unknown",
            [var only] => only.Key,
            _ => string.Join(", ", states.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}"))),
        };
    }

    public void Dispose()
    {
        foreach (var member in Members)
            member.Dispose();
        share?.Dispose();
        wings.Dispose();
        words.Dispose();
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The last node has removed it.
        }
    }

    private bool IsOver =>
        interrupted || Failure is not null || share is { IsDone: true } or { Failure: not null }
        || Age > options.For;

    private void Watch(Action show)
    {
        var shown = 0L;
        while (!IsOver)
        {
            if (words.TryTake(out var word, 50) && word.Member.Take(word))
                Heed(word);
            HeedShare();
            chaos?.Turn();
            foreach (var member in Members)
            {
                if (member.ProcessId is null && Stopwatch.GetElapsedTime(member.EndedAt) > ReviveAfter)
                    Begin(member);
            }

            if (Stopwatch.GetElapsedTime(shown) < ShowEvery)
                continue;
            show();
            shown = Stopwatch.GetTimestamp();
        }

        HeedShare();
        show();
    }

    private void HeedShare()
    {
        while (share is not null && share.TryTake(out var happened))
            Tell(happened.Kind, happened.Address, happened.Text);
    }

    private void Begin(LocalMember member)
    {
        member.Start(words);
        var process = member.ProcessId!.Value.ToString(CultureInfo.InvariantCulture);
        Tell("started", member.Address, $"{member.Address} started: process {process}, page and HTTP API {member.Url}", member.ProcessId);
    }

    private void Heed(LocalWord word)
    {
        if (word.Said is not { } said)
        {
            Ended(word.Member);
            return;
        }

        if (said.GetProperty("event").GetString() == "member")
            HeedNews(said);
        foreach (var member in Members)
            member.CountTo(Members.Count);
        var isComplete = Members.All(member => member.Seen == Members.Count);
        if (isComplete && !wasComplete)
        {
            WasComplete = true;
            Tell("complete", null, $"all {Members.Count.ToString(CultureInfo.InvariantCulture)} see each other");
        }

        wasComplete = isComplete;
    }

    private void Ended(LocalMember member)
    {
        var why = member.Failure is { } failure ? ": " + failure : "";
        if (member.Id is null)
        {
            // Not once has it listened: it would not the next time.
            Failure = $"the node at {member.Address} ended{why}";
            return;
        }

        wasComplete = false;
        var seconds = ((int)ReviveAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Tell("ended", member.Address, $"{member.Address} has no process any more{why}; it is started again in {seconds} s");
    }

    // Each member tells the news that it hears; whoever tells it first is quoted.
    private void HeedNews(JsonElement said)
    {
        var (id, state) = (said.GetProperty("id").GetString()!, said.GetProperty("state").GetString()!);
        var before = said.TryGetProperty("before", out var word) ? word.GetString() : null;
        if (state == "alive" && before == "alive")
            return; // it was there, and tells something new of itself
        var incarnation = said.GetProperty("incarnation").GetUInt64();
        if (!told.Add(string.Create(CultureInfo.InvariantCulture, $"{id} {state} {incarnation}")))
            return;
        var address = said.GetProperty("address").GetString()!;
        address = address[..address.LastIndexOf(':')];
        var accuser = said.GetProperty("accuser").GetString();
        var by = Members.FirstOrDefault(member => member.Id == accuser)?.Address ?? accuser;
        var isBack = state == "alive" && before is not null;
        Tell(isBack ? "back" : state, address, state switch
        {
            "alive" => isBack ? $"{address} is back" : $"{address} joined",
            "suspect" => $"{address} suspected by {by}",
            "dead" => $"{address} declared dead by {by}",
            _ => $"{address} left",
        });
    }

    private void EndAll()
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(EndPatience.TotalSeconds * Stopwatch.Frequency);
        foreach (var member in Members)
            member.Stop();
        foreach (var member in Members)
            member.End(deadline);
    }

    private void Tell(string kind, string? address, string text, int? process = null) =>
        report.Tell(new UpEvent(Age, kind, address, Arguments.OneLine(text), process));
}
