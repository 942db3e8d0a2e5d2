using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Sharing;
using Roj.Membership;
using Roj.Membership.Keeping;

namespace Roj.Host.Daemon;

/// <summary>What happens in a node, in words: for people a line, for programs an object.</summary>
public static class NodeWords
{
    /// <summary>One line; what others said of themselves can't make it two.</summary>
    public static string Text(NodeNews news) => string.Concat(Words(news).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>A line of a log: <c>[INFO] 2026-01-31T12:00:00.000Z …</c>.</summary>
    public static string LogLine(NodeEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var level = happened.News.Level switch
        {
            LogLevel.Debug => "DEBUG",
            LogLevel.Info => "INFO",
            LogLevel.Warning => "WARN",
            _ => "ERROR",
        };
        return $"[{level}] {Time(happened.At)} {Text(happened.News)}";
    }

    /// <summary>An object of JSON: <c>{"seq":…,"time":…,"event":…}</c> and what belongs to the event.</summary>
    public static void Write(Utf8JsonWriter json, NodeEvent happened)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(happened);
        json.WriteStartObject();
        json.WriteNumber("seq", happened.Number);
        json.WriteString("time", Time(happened.At));
        WriteNews(json, happened.News);
        json.WriteEndObject();
    }

    /// <summary>How a state is called in lines and in the API.</summary>
    public static string Name(MemberState state) => state switch
    {
        MemberState.Alive => "alive",
        MemberState.Suspect => "suspect",
        MemberState.Dead => "dead",
        _ => "left",
    };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Words(NodeNews news) => news switch
    {
        NodeNews.Listening(var self, var cluster, var why) => string.Create(
            CultureInfo.InvariantCulture,
            $"listening on {self.Node}: {why}; {self.Profile.Name} {self.Id} of cluster {cluster}, incarnation {self.Incarnation}"),
        NodeNews.Closed(var keys) => $"closed node: who has {keys} may join, and nobody else",
        NodeNews.Open(var whom) => $"open node: no key; {whom} may join",
        NodeNews.Found(FindingEvent.PeerFound found) => $"found {found.Node} {found.Id}, boot {found.Boot:x}",
        NodeNews.Found(FindingEvent.IdentityClash(var node, var boot)) =>
            $"another process (boot {boot:x}) at {node} has our id: its data directory is a copy",
        NodeNews.Found(var other) => other.ToString(),
        NodeNews.Kept(MembershipEvent.Changed(var member, var before)) => Words(member, before),
        NodeNews.Kept(MembershipEvent.Described(var member)) =>
            $"{member.Profile.Name} {member.Id} says {TagWords(member)}",
        NodeNews.Kept(MembershipEvent.Forgotten(var id)) => $"{id} is forgotten",
        NodeNews.Kept(MembershipEvent.Refuted(var said, var incarnation)) => string.Create(
            CultureInfo.InvariantCulture,
            $"refuted that we are {Name(said.State)} in incarnation {said.Incarnation}, as {said.Accuser} said: now {incarnation}"),
        NodeNews.Kept(MembershipEvent.CloneEnds(var node)) =>
            $"the process at {node} that has our id was started after us: it stops",
        NodeNews.Kept(MembershipEvent.Superseded(var node, _)) =>
            $"the process at {node} that has our id runs longer: this one stops",
        NodeNews.OfFile(FileNews.Shared(var file), _) => $"shares {file.Path} as {file.Id}",
        NodeNews.OfFile(FileNews.Wanted(var file), _) => $"fetches {file.Id}",
        NodeNews.OfFile(FileNews.Completed(var file), _) => $"has {file.Path}, which is {file.Id}",
        NodeNews.OfFile(FileNews.GivenUp(var file), _) => $"gives up {file.Id}: {file.Fault}",
        NodeNews.OfFile(FileNews.Removed(var file), _) => $"shares and fetches {file.Id} no more",
        NodeNews.OfWing(var what) => what.Text,
        NodeNews.Leaving => "leaving",
        NodeNews.Warning(var text) => text,
        NodeNews.Failed(var text) => text,
        _ => news.ToString(),
    };

    private static string TagWords(Member member) =>
        string.Join(", ", Tags.Read(member.Tags.Span).Select(tag => $"{tag.Key}={tag.Value}"));

    private static string Words(Member member, MemberState? before)
    {
        var name = member.IsEvicted ? "evicted" : Name(member.State);
        var was = before is { } state ? $", was {Name(state)}" : ", new";
        var by = member.Accuser == member.Id ? "" : $", says {member.Accuser}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}{was}: {member.Profile.Name} {member.Id} at {member.Node}, incarnation {member.Incarnation}{by}");
    }

    private static void WriteNews(Utf8JsonWriter json, NodeNews news)
    {
        switch (news)
        {
            case NodeNews.Listening(var self, var cluster, var why):
                json.WriteString("event", "listening");
                json.WriteString("cluster", cluster);
                WriteMember(json, self);
                json.WriteString("why", why);
                break;
            case NodeNews.Found(FindingEvent.PeerFound found):
                json.WriteString("event", "found");
                json.WriteString("id", found.Id.ToString());
                json.WriteString("address", found.Node.ToString());
                break;
            case NodeNews.Found(FindingEvent.IdentityClash(var node, _)):
                json.WriteString("event", "clash");
                json.WriteString("address", node.ToString());
                break;
            case NodeNews.Kept(MembershipEvent.CloneEnds(var node)):
                json.WriteString("event", "cloneEnds");
                json.WriteString("address", node.ToString());
                break;
            case NodeNews.Kept(MembershipEvent.Superseded(var node, _)):
                json.WriteString("event", "superseded");
                json.WriteString("address", node.ToString());
                break;
            case NodeNews.Kept(MembershipEvent.Changed(var member, var before)):
                json.WriteString("event", "member");
                WriteMember(json, member);
                if (before is { } state)
                    json.WriteString("before", Name(state));
                json.WriteString("accuser", member.Accuser.ToString());
                break;
            case NodeNews.Kept(MembershipEvent.Described(var member)):
                json.WriteString("event", "described");
                WriteMember(json, member);
                json.WriteStartObject("tags");
                foreach (var tag in Tags.Read(member.Tags.Span).DistinctBy(tag => tag.Key))
                    json.WriteString(tag.Key, tag.Value);
                json.WriteEndObject();
                break;
            case NodeNews.Kept(MembershipEvent.Forgotten(var id)):
                json.WriteString("event", "forgotten");
                json.WriteString("id", id.ToString());
                break;
            case NodeNews.Kept(MembershipEvent.Refuted(var said, var incarnation)):
                WriteRefuted(json, said, incarnation);
                break;
            case NodeNews.OfFile(var what, _):
                json.WriteString("event", FileEvents.KindOf(what));
                json.WriteString("message", Text(news));
                break;
            case NodeNews.OfWing(var what):
                WriteAgreement(json, what);
                break;
            default:
                json.WriteString("event", news switch
                {
                    NodeNews.Open => "open",
                    NodeNews.Closed => "closed",
                    NodeNews.Leaving => "leaving",
                    NodeNews.Warning => "warning",
                    NodeNews.Failed => "failed",
                    _ => "other",
                });
                json.WriteString("message", Text(news));
                break;
        }
    }

    private static void WriteRefuted(Utf8JsonWriter json, Rumour said, ulong incarnation)
    {
        json.WriteString("event", "refuted");
        json.WriteString("accuser", said.Accuser.ToString());
        json.WriteString("said", Name(said.State));
        json.WriteNumber("incarnation", incarnation);
    }

    private static void WriteAgreement(Utf8JsonWriter json, WingNews what)
    {
        json.WriteString("event", what.Kind);
        if (what.Node is { } whom)
            json.WriteString("id", whom.ToString());
        json.WriteString("message", what.Text);
    }

    private static void WriteMember(Utf8JsonWriter json, Member member)
    {
        json.WriteString("id", member.Id.ToString());
        json.WriteString("name", member.Profile.Name);
        json.WriteString("address", member.Node.ToString());
        json.WriteString("state", Name(member.State));
        json.WriteNumber("incarnation", member.Incarnation);
    }
}
