using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>What COMMAND says: the table of commands about itself.</summary>
internal static class Descriptions
{
    /// <summary>COMMAND.</summary>
    public static RespErrand? All(Conversation c)
    {
        c.Reply.Array(CommandTable.All.Count);
        foreach (var command in CommandTable.All)
            Describe(c.Reply, command);
        return null;
    }

    /// <summary>COMMAND COUNT.</summary>
    public static RespErrand? Count(Conversation c)
    {
        c.Reply.Number(CommandTable.All.Count);
        return null;
    }

    /// <summary>COMMAND INFO.</summary>
    public static RespErrand? Some(Conversation c)
    {
        if (c.Words.Count == 2)
            return All(c);
        c.Reply.Array(c.Words.Count - 2);
        for (var i = 2; i < c.Words.Count; i++)
        {
            if (CommandTable.Find(c.Words[i]) is { } command)
                Describe(c.Reply, command);
            else
                c.Reply.Null();
        }

        return null;
    }

    /// <summary>COMMAND DOCS.</summary>
    public static RespErrand? Documents(Conversation c)
    {
        var wanted = c.Words.Count == 2 ? CommandTable.All : Wanted(c);
        c.Reply.Map(wanted.Count);
        foreach (var command in wanted)
            Document(c.Reply, command);
        return null;
    }

    /// <summary>COMMAND LIST.</summary>
    public static RespErrand? Names(Conversation c)
    {
        if (c.Words.Count > 2)
            return c.Refuse("syntax error");
        c.Reply.Set(CommandTable.All.Count);
        foreach (var command in CommandTable.All)
            c.Reply.Bulk(command.Bytes);
        return null;
    }

    private static List<Command> Wanted(Conversation c)
    {
        var wanted = new List<Command>();
        for (var i = 2; i < c.Words.Count; i++)
        {
            if (CommandTable.Find(c.Words[i]) is { } command)
                wanted.Add(command);
        }

        return wanted;
    }

    // Name, arity, flags, keys; access categories, hints for proxies and key specifications, of which there are none; and parts.
    private static void Describe(RespWriter reply, Command command)
    {
        reply.Array(10);
        reply.Bulk(command.FullName);
        reply.Number(command.Arity);
        var flags = command.Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        reply.Set(flags.Length);
        foreach (var flag in flags)
            reply.Simple(flag);
        reply.Number(command.Keys.First);
        reply.Number(command.Keys.Last);
        reply.Number(command.Keys.Step);
        reply.Set(0);
        reply.Array(0);
        reply.Array(0);
        reply.Array(command.Parts.Count);
        foreach (var part in command.Parts)
            Describe(reply, part);
    }

    private static void Document(RespWriter reply, Command command)
    {
        reply.Bulk(command.FullName);
        reply.Map(command.Parts.Count > 0 ? 3 : 2);
        reply.Bulk("summary");
        reply.Bulk(command.Summary);
        reply.Bulk("group");
        reply.Bulk(command.Group);
        if (command.Parts.Count == 0)
            return;
        reply.Bulk("subcommands");
        reply.Map(command.Parts.Count);
        foreach (var part in command.Parts)
            Document(reply, part);
    }
}
