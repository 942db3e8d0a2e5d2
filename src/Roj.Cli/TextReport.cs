using System.Diagnostics;
using System.Globalization;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Host;
using Roj.Membership;

namespace Roj.Cli;

/// <summary>A line for each thing worth one; on a terminal also a line at the bottom that shows how far it is.</summary>
internal sealed class TextReport : ISyncReport
{
    private readonly TextWriter writer;
    private readonly bool isTerminal;
    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly RateMeter rate = new();
    private bool wasComplete;

    private TextReport(TextWriter writer, bool isTerminal)
    {
        this.writer = writer;
        this.isTerminal = isTerminal;
    }

    public TimeSpan? ProgressEvery => isTerminal ? TimeSpan.FromMilliseconds(200) : null;

    public static TextReport For(TextWriter writer, bool isRedirected) => new(writer, !isRedirected);

    public void Tell(SyncEvent happened)
    {
        switch (happened)
        {
            case SyncEvent.Progress(var status):
                Show(status);
                break;
            case SyncEvent.Tracked(TrackingEvent.Warned(var tracker, var why)):
                Tell(new SyncEvent.Warning($"tracker {tracker}: {why}"));
                break;
            case SyncEvent.Describing(var done, var length):
                writer.Write($"{Terminal.EraseLine}hashing: {Sizes.Text(done)} of {Sizes.Text(length)}");
                break;
            case SyncEvent.Warning(var text):
                if (isTerminal)
                    writer.Write(Terminal.EraseLine);
                Console.Error.WriteLine($"roj: {Arguments.OneLine(text)}");
                break;
            default:
                if (LineFor(happened) is { } line)
                    Write(line);
                break;
        }
    }

    public void Fail(string message)
    {
        if (isTerminal)
            writer.Write(Terminal.EraseLine);
        Console.Error.WriteLine($"roj: {Arguments.OneLine(message)}");
    }

    private static string? LineFor(SyncEvent happened) => happened switch
    {
        SyncEvent.Listening(var swarm, var why) => $"listening on {swarm}: {why}",
        SyncEvent.Found(FindingEvent.PeerFound found) => $"found {found.Node}, boot {found.Boot:x}",
        SyncEvent.Shared(SwarmEvent.Described(var info)) =>
            $"file {info.InfoHash}: {Sizes.Text(info.Length)}, {info.PieceCount} parts of {Sizes.Text(info.PieceLength)}",
        SyncEvent.Tracked(TrackingEvent.Answered(var tracker, var count)) => $"tracker {tracker} knows of {count} peers",
        SyncEvent.Resized(var from, var to) => $"data file made {Sizes.Text(to)} long, was {Sizes.Text(from)}",
        SyncEvent.Shared(SwarmEvent.Checked(var have)) => $"checked: {have} parts are right",
        SyncEvent.Shared(SwarmEvent.Completed) => "complete",
        SyncEvent.Shared(SwarmEvent.PeerMet(_, var peer)) => $"connected to {peer}",
        SyncEvent.Shared(SwarmEvent.PeerBanned(var peer)) => $"banned {peer}: it sent wrong bytes",
        _ => null,
    };

    private void Write(string line)
    {
        if (isTerminal)
            writer.Write(Terminal.EraseLine);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[INFO] {Stopwatch.GetElapsedTime(begun).TotalSeconds:F3} {line}"));
        writer.Flush();
    }

    private void Show(SyncStatus status)
    {
        if (status.Info is not { } info)
        {
            writer.Write($"{Terminal.EraseLine}looking for a description: {status.Company} nodes are there");
            return;
        }

        if (status.IsComplete && wasComplete)
            return; // nothing moves any more
        wasComplete = status.IsComplete;
        var bar = Bar(status.Have, info.PieceCount);
        writer.Write($"{Terminal.EraseLine}{bar} {status.Have}/{info.PieceCount} parts, {status.Peers} peers{RateText(status, info)}");
    }

    private string RateText(SyncStatus status, InfoDictionary info)
    {
        var bytesPerSecond = rate.Add((long)status.Have * info.PieceLength);
        if (bytesPerSecond <= 0 || status.IsComplete)
            return "";
        var left = TimeSpan.FromSeconds((long)(info.PieceCount - status.Have) * info.PieceLength / bytesPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $", {Sizes.Text(bytesPerSecond)}/s, {left:m\\:ss} left");
    }

    private static string Bar(int have, int all)
    {
        const int Width = 30;
        var full = all == 0 ? Width : (int)((long)have * Width / all);
        return $"[{new string('#', full)}{new string('.', Width - full)}]";
    }
}
