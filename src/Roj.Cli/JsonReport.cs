using System.Text;
using System.Text.Json;
using Roj.Files;
using Roj.Files.Tracking;
using Roj.Host;
using Roj.Membership;

namespace Roj.Cli;

/// <summary>A JSON object a line, for programs: <c>{"event":"progress","have":3,"parts":8,…}</c>.</summary>
internal sealed class JsonReport(TextWriter writer) : ISyncReport
{
    public TimeSpan? ProgressEvery => TimeSpan.FromMilliseconds(100);

    public void Tell(SyncEvent happened)
    {
        switch (happened)
        {
            case SyncEvent.Listening(var swarm, _):
                Write("listening", json => json.WriteString("address", swarm.ToString()));
                break;
            case SyncEvent.Found(FindingEvent.PeerFound found):
                Write("found", json => json.WriteString("address", found.Node.ToString()));
                break;
            case SyncEvent.Describing(var done, var length):
                Write("describing", json =>
                {
                    json.WriteNumber("done", done);
                    json.WriteNumber("size", length);
                });
                break;
            case SyncEvent.Shared(SwarmEvent.Described(var info)):
                Write("described", json =>
                {
                    json.WriteString("id", info.InfoHash.ToString());
                    json.WriteNumber("size", info.Length);
                });
                break;
            case SyncEvent.Resized(var from, var to):
                Write("resized", json =>
                {
                    json.WriteNumber("from", from);
                    json.WriteNumber("to", to);
                });
                break;
            case SyncEvent.Shared(SwarmEvent.Checked(var have)):
                Write("checked", json => json.WriteNumber("have", have));
                break;
            case SyncEvent.Shared(SwarmEvent.Completed):
                Write("complete", _ => { });
                break;
            case SyncEvent.Shared(SwarmEvent.PeerMet(_, var peer)):
                Write("connected", json => json.WriteString("address", peer.ToString()));
                break;
            case SyncEvent.Shared(SwarmEvent.PeerBanned(var peer)):
                Write("banned", json => json.WriteString("address", peer.ToString()));
                break;
            case SyncEvent.Tracked(TrackingEvent.Answered(var tracker, var count)):
                Write("tracker", json =>
                {
                    json.WriteString("url", tracker.ToString());
                    json.WriteNumber("peers", count);
                });
                break;
            case SyncEvent.Tracked(TrackingEvent.Warned(var tracker, var why)):
                Tell(new SyncEvent.Warning($"tracker {tracker}: {why}"));
                break;
            case SyncEvent.Progress(var status):
                Write("progress", json => WriteStatus(json, status));
                break;
            case SyncEvent.Warning(var text):
                Write("warning", json => json.WriteString("message", text));
                break;
        }
    }

    public void Fail(string message) => Write("failed", json => json.WriteString("message", message));

    private static void WriteStatus(Utf8JsonWriter json, SyncStatus status)
    {
        json.WriteNumber("have", status.Have);
        json.WriteNumber("parts", status.Info?.PieceCount ?? 0);
        json.WriteNumber("size", status.Info?.Length ?? 0);
        json.WriteNumber("peers", status.Peers);
        json.WriteNumber("nodes", status.Company);
        json.WriteBoolean("complete", status.IsComplete);
    }

    private void Write(string name, Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            members(json);
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        writer.Flush();
    }
}
