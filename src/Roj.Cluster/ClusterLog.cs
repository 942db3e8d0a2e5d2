using Microsoft.Extensions.Logging;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Roj;

/// <summary>A node's news in the log of the program that it is part of.</summary>
internal static partial class ClusterLog
{
    /// <summary>One line of the log for each.</summary>
    public static void Write(this ILogger log, NodeNews news)
    {
        var level = news.Level switch
        {
            Roj.Host.Daemon.LogLevel.Debug => Level.Debug,
            Roj.Host.Daemon.LogLevel.Info => Level.Information,
            Roj.Host.Daemon.LogLevel.Warning => Level.Warning,
            _ => Level.Error,
        };
        if (!log.IsEnabled(level))
            return;
        if (news is NodeNews.Kept(MembershipEvent.Changed(var member, var before)))
        {
            var was = before is { } state ? NodeWords.Name(state) : "unknown";
            var name = string.Concat(member.Profile.Name.Select(c => char.IsControl(c) ? ' ' : c));
            var isNow = NodeWords.Name(member.State);
            Changed(log, level, name, member.Id, member.Node, isNow, was, member.Incarnation);
        }
        else
        {
            var text = OptionWords.Translate(NodeWords.Text(news));
            Happened(log, level, text);
        }
    }

    [LoggerMessage(EventId = 1, Message = "{Name} {Id} at {Address} is {State}, was {Before}, incarnation {Incarnation}")]
    private static partial void Changed(
        ILogger log, Level level, string name, NodeId id, Endpoint address, string state, string before, ulong incarnation);

    [LoggerMessage(
        EventId = 3,
        Level = Level.Error,
        Message = "what runs while this node leads (term {Term}) still runs though that is over: another may lead, and run it too")]
    public static partial void LeadsTooLong(this ILogger log, RojTerm term);

    [LoggerMessage(EventId = 4, Level = Level.Warning, Message = "what runs while this node is {Color} still runs though that is over")]
    public static partial void PlaysTooLong(this ILogger log, RojColor color);

    [LoggerMessage(EventId = 2, Message = "{Event}")]
    private static partial void Happened(ILogger log, Level level, string @event);
}
